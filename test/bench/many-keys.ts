import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { compile } from '../../compiler/compile.ts'
import { NO_SOURCES } from '../../runtime/identity/identity-sources.ts'
import type { KeyStore } from '../../runtime/keys/key-store.ts'
import { openKeyFile } from '../../runtime/keys/open-key-file.ts'
import { cellsNeeded, createSlotBook } from '../../runtime/limits/slots.ts'
import { createLimitMemory, viewLimits } from '../../runtime/limits/state.ts'
import { loadTable } from '../../runtime/load-table.ts'
import { readTable } from '../../runtime/read-table.ts'
import { median } from './statistics.ts'

const MS_PER_SECOND = 1000
const MICROS_PER_SECOND = 1_000_000
const NANOS_PER_MS = 1_000_000
const BYTES_PER_MIB = 1024 * 1024
const LOOK_UPS = 10_000
const ROUNDS = 21

/** What a config with so many keys from a file costs to compile and to load. */
export interface ManyKeysResult {
  readonly keys: number
  readonly compileSeconds: number
  /** Of all threads of this process. */
  readonly compileProcessorSeconds: number
  readonly scriptMiB: number
  /** Of one thread, the table's script run and made ready. */
  readonly loadSeconds: number
  readonly memoryMiB: number
  /** From a secret to its key and caller, SHA-256 included. */
  readonly lookUpNanos: number
}

/** Measures in this process. Memory is only exact where `gc` is exposed. */
export async function measureManyKeys(keys: number): Promise<ManyKeysResult> {
  const compiling = performance.now()
  const used = process.cpuUsage()
  const { script, keyFile } = await compileMany(keys)
  const compileSeconds = (performance.now() - compiling) / MS_PER_SECOND
  const compileProcessorSeconds = secondsOf(process.cpuUsage(used))

  globalThis.gc?.()
  // The file's own memory counts, though it came from the compiler.
  const before = memoryOf() - (keyFile?.byteLength ?? 0)
  const loading = performance.now()
  const table = readTable(script)
  const columns = openKeyFile(table.keyFile, keyFile)
  const plan = createSlotBook(Infinity).plan(table, columns?.ids)
  if (plan === null) throw new Error('the counters have no room')
  const state = viewLimits(createLimitMemory(cellsNeeded(table, columns?.ids), 1), plan, 0, 1)
  const loaded = loadTable(table, state, { secrets: [], replays: null, keys: columns, sources: NO_SOURCES })
  const loadSeconds = (performance.now() - loading) / MS_PER_SECOND
  globalThis.gc?.()
  const memoryMiB = (memoryOf() - before) / BYTES_PER_MIB

  const secrets = Array.from({ length: LOOK_UPS }, (_, i) => secretOf((i * 7919) % keys))
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now()
    for (const secret of secrets) lookUp(loaded.keys, secret)
    return ((performance.now() - begun) * NANOS_PER_MS) / LOOK_UPS
  })
  return {
    keys,
    compileSeconds,
    compileProcessorSeconds,
    scriptMiB: script.length / BYTES_PER_MIB,
    loadSeconds,
    memoryMiB,
    lookUpNanos: median(rounds),
  }
}

export function manyKeysLine(result: ManyKeysResult): string {
  const { keys, compileSeconds, compileProcessorSeconds, scriptMiB, loadSeconds, memoryMiB, lookUpNanos } = result
  return (
    `${keys} keys: compiled in ${compileSeconds.toFixed(1)} s (${compileProcessorSeconds.toFixed(1)} s of processor), a script of ${scriptMiB.toFixed(1)} MiB, ` +
    `loaded in ${loadSeconds.toFixed(2)} s and ${memoryMiB.toFixed(0)} MiB, a look-up ${lookUpNanos.toFixed(0)} ns`
  )
}

function lookUp({ digests, at }: KeyStore, secret: string): void {
  const position = digests.find(secret)
  if (position < 0 || at(digests.keyOf(position)).caller.class.grants.length === 0)
    throw new Error('a key was not found')
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / MICROS_PER_SECOND
}

async function compileMany(keys: number): Promise<{ script: string; keyFile: Uint8Array | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-many-keys-'))
  try {
    const lines = Array.from({ length: keys }, (_, i) => lineOf(i))
    writeFileSync(join(folder, 'keys.ndjson'), lines.join('\n'))
    writeFileSync(join(folder, 'gateway.yaml'), CONFIG)
    const options = { schemaFolder: resolve('schemas'), atMs: Date.now(), cwd: folder, keys: 'filed' as const }
    const { files, keyFile, diagnostics } = await compile(join(folder, 'gateway.yaml'), options)
    if (files === null) throw new Error(`the config is wrong: ${JSON.stringify(diagnostics[0])}`)
    return { script: await bundleTable(files), keyFile }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function memoryOf(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

/** A secret of another system, so that no checksums need be made. */
function secretOf(i: number): string {
  return `another-systems-secret-${i}`
}

function lineOf(i: number): string {
  const digest = `sha256:${createHash('sha256').update(secretOf(i)).digest('hex')}`
  const scopes = i % 3 === 0 ? ['things:read', 'things:write'] : ['things:read']
  return JSON.stringify({ id: `key-${i}`, digest, scopes, imported: true, expires: '2099-01-01' })
}

const CONFIG = `version: 1
gateway:
  name: many
  listen: 127.0.0.1:8080
  keys: { prefix: many }
upstreams:
  things: { targets: [http://127.0.0.1:9000] }
scopes: { "things:read": Read things, "things:write": Write things }
plans:
  small: { rate: 100/s }
apis:
  things:
    basePath: /things
    upstream: things
    access: authenticated
    routes:
      GET /: { scope: "things:read" }
      POST /: { scope: "things:write" }
tenants:
  one: { plan: small, keysFrom: keys.ndjson }
`
