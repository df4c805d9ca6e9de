import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compile } from '../../compiler/compile.ts'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { formatText } from '../../compiler/diagnostics/text.ts'
import { parseAddressWords } from '../../runtime/address-words.ts'
import { decide } from '../../runtime/decide.ts'
import { createExchange, type Exchange, type Scheme } from '../../runtime/exchange.ts'
import type { RequestId } from '../../runtime/ids.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import { NO_SOURCES, type IdentitySources } from '../../runtime/identity/identity-sources.ts'
import { createReplayBuffer, openReplayMemory } from '../../runtime/identity/replay-memory.ts'
import { openKeyFile } from '../../runtime/keys/open-key-file.ts'
import { createSlotBook } from '../../runtime/limits/slots.ts'
import { cellsOf, createLimitMemory, viewLimits } from '../../runtime/limits/state.ts'
import { loadTable, type LoadedTable } from '../../runtime/load-table.ts'
import { createReadRequest } from '../../runtime/read-request.ts'
import { readTable } from '../../runtime/read-table.ts'
import type { GatewayTable } from '../../schemas/table.ts'

export const AT_MS = Date.parse('2026-11-22T12:00:00Z')
/** Every request's, unless the caller brings one. */
export const TEST_ID: RequestId = {
  uuid: '00000000-0000-4000-8000-000000000000',
  traceId: '00000000000040008000000000000000',
  spanId: '8000000000000000',
}
const REPLAY_ROOM = { buckets: 64, ways: 32 }
const SCHEMAS = resolve(import.meta.dirname, '../../schemas')

export interface TestRequest {
  readonly method?: string
  /** Path and query, as sent. */
  readonly url: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly from?: string
  readonly scheme?: Scheme
  /** PEM, "" for none; left out: callers are not asked. */
  readonly certificate?: string
  /** Since `AT_MS`, on both clocks. */
  readonly afterMs?: number
}

/** Decides requests against one config, one after the other, on one set of counters. No socket is touched. */
export type Decide = (request: TestRequest) => Exchange

/** Counters, and what was shown, that several configs share, one after the other, as when a gateway's table is swapped. */
export type Counters = ReturnType<typeof createCounters>

export function createCounters() {
  const memory = createLimitMemory(0, 1)
  const replays = openReplayMemory(createReplayBuffer(REPLAY_ROOM), 0, REPLAY_ROOM)
  return { memory, book: createSlotBook(cellsOf(memory)), replays }
}

/** What a table's secrets are in these tests, by their names. */
export function testSecret(name: string): string {
  return `the secret that tests call ${name}`
}

/** Compiles a config. @throws When it has an error. */
export async function compileTestTable(
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<GatewayTable> {
  return (await compileTestConfig(yaml, files)).table
}

/** As `compileTestTable`, with the file of keys that the table may name. */
export async function compileTestConfig(
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly table: GatewayTable; readonly keyFile: Uint8Array | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-decider-'))
  for (const [name, text] of Object.entries({ 'gateway.yaml': yaml, ...files })) writeFileSync(join(folder, name), text)
  const compiled = await compile(join(folder, 'gateway.yaml'), {
    schemaFolder: SCHEMAS,
    atMs: AT_MS,
    cwd: folder,
    keys: 'filed',
  })
  rmSync(folder, { recursive: true })
  if (compiled.files === null)
    throw new Error(compiled.diagnostics.map((diagnostic) => formatText(diagnostic)).join('\n'))
  return { table: readTable(await bundleTable(compiled.files)), keyFile: compiled.keyFile }
}

/** Makes a table ready. */
export function loadCompiledTable(
  table: GatewayTable,
  { memory, book, replays }: Counters = createCounters(),
  sources: IdentitySources = NO_SOURCES,
  keyFile: Uint8Array | null = null,
): LoadedTable {
  const keys = openKeyFile(table.keyFile, keyFile)
  const plan = book.plan(table, keys?.ids)
  if (plan === null) throw new Error('the table has too many counters for a test')
  const secrets = table.secrets.map(({ name }) => testSecret(name))
  return loadTable(table, viewLimits(memory, plan, 0, 1), { secrets, replays, keys, sources })
}

/** Compiles a config and makes its table ready. @throws When it has an error. */
export async function loadTestTable(
  yaml: string,
  files: Readonly<Record<string, string>> = {},
  counters: Counters = createCounters(),
): Promise<LoadedTable> {
  const { table, keyFile } = await compileTestConfig(yaml, files)
  return loadCompiledTable(table, counters, NO_SOURCES, keyFile)
}

/** Compiles a config and makes it ready to decide. @throws When it has an error. */
export async function createDecider(
  yaml: string,
  files: Readonly<Record<string, string>> = {},
  counters: Counters = createCounters(),
): Promise<Decide> {
  return createTableDecider(await loadTestTable(yaml, files, counters))
}

/** Decides by a table that is ready. */
export function createTableDecider(loaded: LoadedTable): Decide {
  const addresses = createKnownAddresses()
  const readRequest = createReadRequest(() => TEST_ID, addresses)

  return ({ method = 'GET', url, headers = [], from = '192.0.2.1', afterMs = 0, scheme = 'http', certificate }) => {
    const words = parseAddressWords(from)
    if (words === null) throw new Error(`not an address: ${from}`)
    const readCertificate = certificate === undefined ? null : () => certificate
    const peer = addresses.ofWords(words)
    const exchange = createExchange(loaded, peer, AT_MS + afterMs, afterMs, scheme, readCertificate)
    const question = url.indexOf('?')
    const lines = headers.some(([name]) => name === 'host') ? headers : [['host', 'gateway.test'] as const, ...headers]
    readRequest(exchange, {
      getCaseSensitiveMethod: () => method,
      getUrl: () => (question < 0 ? url : url.slice(0, question)),
      getQuery: () => (question < 0 ? undefined : url.slice(question + 1)),
      forEach: (callback) => lines.forEach(([name, value]) => callback(name, value)),
    })
    decide(exchange)
    return exchange
  }
}
