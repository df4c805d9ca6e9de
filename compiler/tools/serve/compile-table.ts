import { stop } from 'esbuild'
import { bundleTable } from '../../7-bundle/table-script.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { compile, type Compiled, type CompileOptions } from '../../compile.ts'
import type { FileTexts } from './watch-files.ts'

/** A config as it is served. */
export interface CompiledTable {
  readonly config: LinkedConfig
  /** The table as one script whose value it is. */
  readonly script: string
  readonly keyFile: Uint8Array | null
}

export interface TableAttempt {
  readonly compiled: Compiled
  /** Null when the config has an error. */
  readonly table: CompiledTable | null
  /** What the compiler read, and what it looked for and could not read. */
  readonly seen: FileTexts
}

/** Leaves no process behind: esbuild's own would take memory until the next time, or be gone then. */
export async function compileTable(file: string, options: CompileOptions): Promise<TableAttempt> {
  try {
    return await attempt(file, options)
  } finally {
    await stop()
  }
}

async function attempt(file: string, options: CompileOptions): Promise<TableAttempt> {
  const compiled = await compile(file, { ...options, keys: 'filed' })
  const { linked, files, keyFile, inputs, sources } = compiled
  const texts = new Map(sources.map(({ path, text }) => [path, text]))
  const seen = new Map(inputs.map((path) => [path, texts.get(path) ?? null]))
  if (linked === null || files === null) return { compiled, table: null, seen }
  return { compiled, table: { config: linked, script: await bundleTable(files), keyFile }, seen }
}
