import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { load, type TextsInPlace } from './1-load/load.ts'
import { indexPlaces, type FindSpan } from './1-load/places.ts'
import type { Source } from './1-load/source.ts'
import { compileSchemas, type ConfigValidators } from './2-validate/ajv.ts'
import { validate } from './2-validate/validate.ts'
import { link } from './3-link/link.ts'
import type { LinkedConfig } from './3-link/linked.ts'
import { check } from './4-check/check.ts'
import { lower, type LowerOptions } from './5-lower/lower.ts'
import { emit, type EmittedFiles } from './6-emit/emit.ts'
import { locate, type Diagnostic } from './diagnostics/locate.ts'
import { collectProblems } from './diagnostics/report.ts'
import { dropAllowed } from './diagnostics/allow.ts'

export interface CompileOptions {
  /** Where the language's JSON Schemas lie. Absolute. */
  readonly schemaFolder: string
  /** Those schemas, compiled: for who compiles often. Left out, they are compiled each time. */
  readonly validators?: ConfigValidators
  /** The clock of rules that look at one, milliseconds since 1970 UTC. */
  readonly atMs: number
  /** Files are named relative to it. Absolute. */
  readonly cwd: string
  /** Where keys that are too many to be read go: into the table all the same, unless there is a place for a file beside it. */
  readonly keys?: LowerOptions['keys']
  /** In place of what is on disk. */
  readonly texts?: TextsInPlace
}

export interface Checked {
  /** Errors and warnings, sorted by place. */
  readonly diagnostics: readonly Diagnostic[]
  /** Every file that was read or looked for, absolute: what to watch. */
  readonly inputs: readonly string[]
  /** Null when there is an error. */
  readonly linked: LinkedConfig | null
  /** The main file first. */
  readonly sources: readonly Source[]
  readonly findSpan: FindSpan
}

export interface Compiled extends Checked {
  /** Null when there is an error. */
  readonly files: EmittedFiles | null
  /** The file of keys, over memory that threads can share; null where the table has them all. */
  readonly keyFile: Uint8Array | null
}

/** Runs the phases in order. After a phase with errors nothing more is done, and there is no output. */
export async function compile(file: string, options: CompileOptions): Promise<Compiled> {
  const checked = checkConfig(file, options)
  if (checked.linked === null) return { ...checked, files: null, keyFile: null }
  const emitted = await emit(
    lower(checked.linked, { keys: options.keys ?? 'written' }),
    checked.findSpan,
    dirname(resolve(file)),
  )
  return { ...checked, ...emitted }
}

/** The phases that look for mistakes, without those that make output. */
export function checkConfig(file: string, options: CompileOptions): Checked {
  const list = collectProblems()
  const raw = load(file, list.report, options.texts)
  const findSpan = indexPlaces(raw.sources)

  const validatorsOf = (): ConfigValidators => options.validators ?? compileSchemas(options.schemaFolder)
  const config = list.hasErrors() ? null : validate(raw, validatorsOf(), list.report)
  const linked = config === null || list.hasErrors() ? null : link(config, list.report)
  if (linked !== null && !list.hasErrors()) check(linked, { raw, atMs: options.atMs }, list.report)

  const kept = dropAllowed(list.problems(), findSpan, raw.sources)
  return {
    diagnostics: locate(kept, findSpan, resolve(file), options.cwd),
    inputs: raw.paths,
    linked: list.hasErrors() ? null : linked,
    sources: raw.sources,
    findSpan,
  }
}

/** `path` itself, or the gateway.yaml in the folder that it names. */
export function configFile(path: string): string {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, 'gateway.yaml') : path
}
