import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { GatewayTable } from '../../schemas/table.ts'
import { compileSchemas } from '../../compiler/2-validate/ajv.ts'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { compile } from '../../compiler/compile.ts'
import { readTable } from '../../runtime/read-table.ts'
import { readList } from '../../runtime/revocations/read-list.ts'
import { NO_REVOCATIONS, type RevocationList } from '../../runtime/revocations/revocation-list.ts'
import { readPlainConfig, type PlainConfig } from './interpret-config.ts'

/** One config, as the interpreter reads it and as the runtime does. */
export interface CompiledConfig {
  readonly config: PlainConfig
  readonly script: string
  readonly table: GatewayTable
  readonly revocations: RevocationList
}

/** Compiles a config's files at a time, all the way to the script that a thread loads. */
export type CompileFiles = (files: Readonly<Record<string, string>>, atMs: number) => Promise<CompiledConfig>

export function createCompileFiles(): CompileFiles {
  const schemaFolder = resolve('schemas')
  const validators = compileSchemas(schemaFolder)
  return async (files, atMs) => {
    const folder = mkdtempSync(join(tmpdir(), 'keysmith-parity-'))
    try {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text)
      }
      const compiled = await compile(join(folder, 'gateway.yaml'), { schemaFolder, validators, atMs, cwd: folder })
      if (compiled.files === null) {
        const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error')
        const lines = errors.map(({ place, code, message }) => `${place?.file}:${place?.line} ${code} ${message}`)
        throw new Error([...lines, ...Object.values(files)].join('\n'))
      }
      const script = await bundleTable(compiled.files)
      const table = readTable(script)
      return { config: readPlainConfig(folder), script, table, revocations: await revocationsOf(table, folder) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

async function revocationsOf({ gateway }: GatewayTable, folder: string): Promise<RevocationList> {
  if (gateway.revocations === null) return NO_REVOCATIONS
  const reading = await readList(join(folder, gateway.revocations))
  if ('fault' in reading) throw new Error(`the revocations of a case: ${reading.fault}`)
  return reading.list
}
