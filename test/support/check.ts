import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { compileSchemas } from '../../compiler/2-validate/ajv.ts'
import { checkConfig } from '../../compiler/compile.ts'
import type { Diagnostic } from '../../compiler/diagnostics/locate.ts'

export const SCHEMA_FOLDER = resolve('schemas')
/** Compiled once for all the checks of a test file. */
export const VALIDATORS = compileSchemas(SCHEMA_FOLDER)
/** The clock of every fixture. */
export const AT_MS = Date.parse('2026-11-22T12:00:00Z')

/** Checks a config on disk; places are named relative to its folder. */
export function checkFile(file: string, atMs = AT_MS): readonly Diagnostic[] {
  return checkConfig(file, { schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, atMs, cwd: dirname(resolve(file)) })
    .diagnostics
}

/** Checks a config that is not on disk, with the other files that it names. */
export function checkText(yaml: string, files: Readonly<Record<string, string>> = {}): readonly Diagnostic[] {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-check-'))
  try {
    for (const [name, text] of Object.entries({ ...files, 'gateway.yaml': yaml })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return checkFile(join(folder, 'gateway.yaml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** "code file:line:column" of each, short enough to compare. */
export function summaryOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, place }) => `${code} ${place.file}:${place.line}:${place.column}`)
}
