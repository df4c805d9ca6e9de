import { relative } from 'node:path'
import { checkConfig, configFile } from '../compile.ts'
import { indexLines } from '../diagnostics/line-index.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { ReadConfig } from '../tools/read-config.ts'
import type { CommandContext } from './context.ts'
import { exitOf, tellDiagnostics } from './show-diagnostics.ts'

/** For commands that print what a config says. Of one with errors they are told instead, and null is returned. */
export function requireConfig(path: string, atMs: number, context: CommandContext): ReadConfig | null {
  const { cwd, schemaFolder, validators } = context
  const file = configFile(path)
  const options = { cwd, schemaFolder, atMs, ...(validators === undefined ? {} : { validators }) }
  const checked = checkConfig(file, options)
  const { linked } = checked
  if (linked !== null) return { ...checked, linked, file, options }
  tellDiagnostics(checked.diagnostics, context)
  context.endWith(exitOf(checked, { strict: false }))
  return null
}

/** Where something stands, as JSON output says it. */
export function indexWritten(
  { findSpan, file }: ReadConfig,
  { cwd }: CommandContext,
): (pointer: Pointer) => { file: string; line: number } {
  const placeOf = indexLines(cwd)
  return (pointer) => {
    const span = findSpan({ key: pointer })
    if (span === null) return { file: relative(cwd, file), line: 1 }
    const place = placeOf(span)
    return { file: place.file, line: place.line }
  }
}
