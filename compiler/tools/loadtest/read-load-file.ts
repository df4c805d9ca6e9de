import { dirname, join, relative } from 'node:path'
import { indexPlaces } from '../../1-load/places.ts'
import { parseYaml } from '../../1-load/parse-yaml.ts'
import { readFile } from '../../1-load/read-file.ts'
import { VALUES_MAX } from '../../1-load/scan-limits.ts'
import { toValue } from '../../1-load/to-value.ts'
import { reportErrors } from '../../2-validate/one-cause.ts'
import { createSchemaAjv } from '../../2-validate/schema-ajv.ts'
import { parseDuration, parseRate, parseSize } from '../../2-validate/units.ts'
import { fileFault } from '../../command-fault.ts'
import { didYouMean } from '../../diagnostics/did-you-mean.ts'
import { locate, type Diagnostic } from '../../diagnostics/locate.ts'
import { collectProblems, pointTo, type Report } from '../../diagnostics/report.ts'

export const LOAD_FILE = 'gateway.load.yaml'
const MS_PER_SECOND = 1000

/** What a file says of a load test; what is left out is undefined. */
export interface LoadSettings {
  readonly durationMs?: number
  readonly connections?: number
  readonly latencyMs?: number
  readonly thresholds: Thresholds
  /** By route. */
  readonly routes: ReadonlyMap<string, RouteThresholds>
}

export interface RouteThresholds {
  /** Answers in a second. */
  readonly minRate?: number
  readonly p99Ms?: number
}

export interface Thresholds extends RouteThresholds {
  readonly maxMemoryBytes?: number
}

const NOTHING: LoadSettings = { thresholds: {}, routes: new Map() }

export interface LoadFileOptions {
  readonly schemaFolder: string
  readonly cwd: string
  /** Names of the config's routes. */
  readonly routes: readonly string[]
}

/**
 * Reads the gateway.load.yaml beside a config, if there is one.
 *
 * @param configPath The config's main file.
 * @returns With diagnostics, as a config has them, where something in it is wrong.
 */
export function readLoadFile(
  configPath: string,
  { schemaFolder, cwd, routes }: LoadFileOptions,
): { readonly settings: LoadSettings; readonly diagnostics: readonly Diagnostic[] } {
  const path = join(dirname(configPath), LOAD_FILE)
  const read = readFile(path)
  if (!('text' in read)) {
    if (read.fault === 'missing') return { settings: NOTHING, diagnostics: [] }
    throw fileFault(`read ${relative(cwd, path)}`, new Error(read.fault))
  }
  const { text } = read
  const list = collectProblems()
  const options = { file: LOAD_FILE, nulls: 'refused', budget: { values: VALUES_MAX } } as const
  const document = parseYaml(text, options, list.report)
  const findSpan = indexPlaces([{ name: LOAD_FILE, path, text, root: '', document, lines: null }])
  const raw = document === null ? undefined : toValue(document.contents)
  const isValid = document !== null && validate(raw, schemaFolder, list.report)
  // Safe: the schema has been seen to hold.
  const settings = isValid ? normalize(raw as RawLoadFile) : NOTHING
  for (const name of settings.routes.keys()) {
    if (routes.includes(name)) continue
    const params = { name: 'routes', value: name, allowed: routes.join(', ') }
    list.report('config-unknown-value', { key: pointTo('/routes', name) }, params, { hint: didYouMean(name, routes) })
  }
  return { settings, diagnostics: locate(list.problems(), findSpan, path, cwd) }
}

function validate(raw: unknown, folder: string, report: Report): boolean {
  const check = createSchemaAjv(folder, ['units', 'load']).getSchema('load.schema.json')
  if (check === undefined) throw new Error('load.schema.json is not there')
  const isValid = check(raw) === true
  reportErrors(check.errors ?? [], '', report)
  return isValid
}

interface RawRoute {
  readonly minRate?: string
  readonly p99?: string
}

interface RawLoadFile {
  readonly duration?: string
  readonly connections?: number
  readonly latency?: string
  readonly thresholds?: RawRoute & { readonly maxMemory?: string }
  readonly routes?: Readonly<Record<string, RawRoute>>
}

function normalize({ duration, connections, latency, thresholds = {}, routes = {} }: RawLoadFile): LoadSettings {
  const { maxMemory } = thresholds
  return {
    ...(duration === undefined ? {} : { durationMs: parseDuration(duration) }),
    ...(connections === undefined ? {} : { connections }),
    ...(latency === undefined ? {} : { latencyMs: parseDuration(latency) }),
    thresholds: {
      ...normalizeRoute(thresholds),
      ...(maxMemory === undefined ? {} : { maxMemoryBytes: parseSize(maxMemory) }),
    },
    routes: new Map(Object.entries(routes).map(([name, raw]) => [name, normalizeRoute(raw)])),
  }
}

function normalizeRoute({ minRate, p99 }: RawRoute): RouteThresholds {
  return {
    ...(minRate === undefined ? {} : { minRate: perSecond(minRate) }),
    ...(p99 === undefined ? {} : { p99Ms: parseDuration(p99) }),
  }
}

/** "600/min" as answers in a second. */
export function perSecond(text: string): number {
  const { count, periodMs } = parseRate(text)
  return (count * MS_PER_SECOND) / periodMs
}
