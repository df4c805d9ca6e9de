import { availableParallelism } from 'node:os'
import type { GatewayTable, ListenRow } from '../schemas/table.ts'
import type { RunningGateway, StartOptions } from '../schemas/start.ts'
import { startAdmin, type AdminListener, type Readiness } from './admin.ts'
import { checkSurroundings } from './check-surroundings.ts'
import { createReplayBuffer, openReplayMemory } from './identity/replay-memory.ts'
import { checkSigningSecrets } from './identity/signing-secrets.ts'
import { fetchText } from './identity/fetch-text.ts'
import { createKeyFetcher, type KeyFetcher } from './identity/key-fetcher.ts'
import { openKeyFile, type KeyColumns } from './keys/open-key-file.ts'
import type { KeyNews } from './identity/key-sources.ts'
import { cellsOf, clearThread, createLimitMemory, type LimitMemory } from './limits/state.ts'
import { cellsNeeded, createSlotBook, type SlotBook } from './limits/slots.ts'
import { countBans } from './lockout/lockout-table.ts'
import { createObservatory, type Observatory } from './observe/observatory.ts'
import { tableFacts } from './observe/table-facts.ts'
import { readTable } from './read-table.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { openRevocations, type Revocations } from './revocations/revocations.ts'
import { isServingThread, runThread } from './run-thread.ts'
import { StartFault } from './start-faults.ts'
import { sumStats } from './sum-stats.ts'
import type { TableParcel } from './thread-messages.ts'
import { startThreads, type Threads } from './threads.ts'

/** What is in flight may take so long to finish once the gateway is told to stop. */
const DRAIN_MS = 30_000
const STATS_MS = 1000
/** The engine counts the request line and what separates headers, too. */
const ENGINE_HEAD_SPARE_BYTES = 1024

/**
 * Starts a gateway: a main thread that supervises, logs and shows its state, and threads that serve.
 *
 * @throws StartFault when the surroundings do not allow it: a secret, a port, a file or the engine.
 */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const table = readTable(options.script)
  const total = options.threads ?? threadsOf(table)
  const listen = listenersOf(table, options)
  const { enginePath, warnings } = checkSurroundings(table, listen, options.engineFile)
  for (const warning of warnings) options.tell(warning)
  const { headersBytesMax, urlBytesMax } = table.gateway
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(headersBytesMax + urlBytesMax + ENGINE_HEAD_SPARE_BYTES)

  const keyFile = openKeyFile(table.keyFile, options.keyFile ?? null)
  const limits = createLimitMemory(cellsNeeded(table, keyFile?.ids), total)
  const replays = createReplayBuffer()
  const book = createSlotBook(cellsOf(limits))
  const revocations = await openRevocations(table.gateway.revocations, {
    tell: options.tell,
    publish: (list) => state.threads?.revoke(list),
  })
  const onNews = (news: KeyNews): void => state.threads?.tellKeys(news)
  const keys = createKeyFetcher({ fetchText, onNews, tell: options.tell })
  const state: State = { table, loadedMs: Date.now(), draining: false, upstreams: [], threads: null, revocations, keys }
  const observatory = openObservatory(state, total, limits, options)
  let admin: AdminListener | null = null
  const close = async (): Promise<void> => {
    keys.close()
    revocations.stop()
    await observatory.close()
    await admin?.close()
  }
  try {
    const first = pack(options.script, table, keyFile, book, observatory)
    const adminAddress = options.admin ?? table.gateway.admin
    if (adminAddress !== null) admin = await startAdmin(adminAddress, viewOf(state, total, observatory, options))
    const { threads, listen: listening } = await startThreads({
      entry: options.threadEntry,
      data: {
        threads: total,
        enginePath,
        targets: options.targets ?? {},
        limits,
        observe: observatory.memory,
        replays,
      },
      table: first,
      revocations: revocations.list,
      listen,
      onDeath: (index) => {
        clearThread(limits, index, total)
        openReplayMemory(replays, index).forgetThread(index)
        observatory.clearThread(index)
      },
      onBug: ({ requestId, route, stack }) =>
        options.tell(`bug in request ${requestId ?? '-'} (${route ?? '-'}): ${stack}`),
      onKeysWanted: keys.want,
      tell: options.tell,
    })
    state.threads = threads
    // What was revoked while they started.
    threads.revoke(revocations.list())
    const poll = setInterval(() => void refreshStats(state, options), STATS_MS)
    poll.unref()
    return {
      listen: listening,
      admin: admin?.address ?? null,
      swap: inTurn(async (script, file = null) => {
        const refusal = await swapTable(script, file, state, book, observatory, options)
        keys.keepOnly(state.table.identities.flatMap(({ issuer }) => issuer ?? []))
        return refusal
      }),
      reopenLog: () => observatory.reopenLog(),
      readRevocations: revocations.look,
      stop: async () => {
        state.draining = true
        clearInterval(poll)
        await threads.drain(DRAIN_MS)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Cores are those of the machine that it runs on, not of the one that compiled the table. */
function threadsOf({ gateway: { threads } }: GatewayTable): number {
  return threads === 'auto' ? availableParallelism() : threads
}

function listenersOf({ gateway }: GatewayTable, { listen }: StartOptions): readonly ListenRow[] {
  return listen?.map((address, i) => ({ ...address, tls: gateway.listen[i]?.tls ?? null })) ?? gateway.listen
}

function openObservatory(state: State, total: number, limits: LimitMemory, options: StartOptions): Observatory {
  return createObservatory(total, state.table.gateway.accessLog, {
    version: options.version,
    configHash: () => state.table.configHash,
    threads: () => state.threads?.listening() ?? 0,
    upstreams: () => state.upstreams,
    revocations: state.revocations.health,
    lockouts: () => countBans(limits.lockouts),
    tell: options.tell,
  })
}

/** What changes while a gateway runs. */
interface State {
  table: GatewayTable
  loadedMs: number
  draining: boolean
  upstreams: Readiness['upstreams']
  threads: Threads | null
  readonly revocations: Revocations
  readonly keys: KeyFetcher
}

function pack(
  script: string,
  table: GatewayTable,
  keys: KeyColumns | null,
  book: SlotBook,
  observatory: Observatory,
): TableParcel {
  const secrets = resolveSecrets(table.secrets, process.env)
  checkSigningSecrets(table, secrets)
  const plan = book.plan(table, keys?.ids)
  if (plan === null)
    throw new StartFault('the table needs more counters than there is memory for; a restart makes room')
  return { script, keys, plan, metrics: observatory.plan(table), secrets }
}

async function swapTable(
  script: string,
  keyFile: Uint8Array | null,
  state: State,
  book: SlotBook,
  observatory: Observatory,
  { tell }: StartOptions,
): Promise<string | null> {
  if (state.threads === null || state.draining) return 'the gateway is stopping'
  try {
    const table = readTable(script)
    const keys = openKeyFile(table.keyFile, keyFile)
    const revocations = await state.revocations.prepare(table.gateway.revocations)
    let refusal: string | null = 'the swap failed'
    try {
      refusal = await state.threads.swap(pack(script, table, keys, book, observatory))
    } finally {
      if (refusal === null) revocations.commit()
      else revocations.discard()
    }
    if (refusal !== null) return refusal
    for (const setting of RESTART_SETTINGS) {
      const changed = JSON.stringify(table.gateway[setting]) !== JSON.stringify(state.table.gateway[setting])
      if (changed) tell(`gateway.${SETTING_NAMES[setting]} has changed: that takes effect at the next start`)
    }
    state.table = table
    state.loadedMs = Date.now()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What is read once, when the gateway starts. */
const RESTART_SETTINGS = ['listen', 'admin', 'threads', 'accessLog'] as const
const SETTING_NAMES = { listen: 'listen', admin: 'admin', threads: 'threads', accessLog: 'log.access' } as const

/** One call after the other. */
function inTurn(step: RunningGateway['swap']): RunningGateway['swap'] {
  let last: Promise<unknown> = Promise.resolve()
  return (script, keyFile) => {
    const result = last.then(() => step(script, keyFile))
    last = result.catch(() => undefined)
    return result
  }
}

function viewOf(
  state: State,
  total: number,
  observatory: Observatory,
  { tell }: StartOptions,
): Parameters<typeof startAdmin>[1] {
  return {
    readiness: () => ({
      missing: missingOf(state, total),
      upstreams: state.upstreams,
      revocations: state.revocations.health(),
      issuers: state.keys.health(),
    }),
    table: () => tableFacts(state.table, { builtAt: null, loadedMs: state.loadedMs, threads: total }),
    metrics: observatory.metrics,
    onBug: (error) => {
      observatory.countBug()
      tell(`bug in the admin listener: ${error instanceof Error ? error.stack : String(error)}`)
    },
  }
}

function missingOf({ threads, draining }: State, total: number): string[] {
  const listening = threads?.listening() ?? 0
  return [
    ...(threads === null ? ['table'] : []),
    ...(listening < total ? ['threads'] : []),
    ...(draining ? ['draining'] : []),
  ]
}

/** Sums over the threads what each says of its upstreams. */
async function refreshStats(state: State, { tell }: StartOptions): Promise<void> {
  if (state.threads === null || state.draining) return
  try {
    const perThread = await state.threads.stats()
    state.upstreams = sumStats(perThread)
  } catch (error) {
    tell(`the threads do not say how their upstreams are: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export { engineFileFor } from './engine/load.ts'

if (isServingThread()) runThread()
