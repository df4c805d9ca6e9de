import { parentPort, workerData } from 'node:worker_threads'
import type { ListenRow } from '../schemas/table.ts'
import { openEngine } from './engine/load.ts'
import type { Exchange } from './exchange.ts'
import { openReplayMemory } from './identity/replay-memory.ts'
import { createNewId } from './ids.ts'
import { createThreadIdentity } from './identity/thread-identity.ts'
import { createKnownAddresses } from './known-addresses.ts'
import { viewLimits } from './limits/state.ts'
import { loadServing, retireServing } from './load-serving.ts'
import { openObserver } from './observe/observer.ts'
import { readTable } from './read-table.ts'
import { createRecord } from './record.ts'
import { createLiveAnswers } from './revocations/live-answers.ts'
import { applyRevocations } from './revocations/revoked.ts'
import { createServer, type Server } from './server.ts'
import { addressFault } from './reserve-ports.ts'
import { showTemplate } from './resolve-secrets.ts'
import { StartFault } from './start-faults.ts'
import type { Serving, Thread } from './thread.ts'
import type { FromThread, TableParcel, ThreadData, ThreadUpstreamStats, ToThread } from './thread-messages.ts'
import { createTimerWheel } from './timer-wheel.ts'
import { createUpstreamBuffers } from './upstream/client.ts'

/** Idle connections are closed this long after the last request was answered, so that their callers see an end, not a cut. */
const IDLE_GRACE_MS = 1000
const DRAIN_CHECK_MS = 20

/** True in a thread that the main thread started to serve. */
export function isServingThread(): boolean {
  // Safe: only `createThreads` passes data of this shape, and the mark tells it apart.
  return (workerData as ThreadData | null)?.keysmithThread === true
}

/**
 * Serves until it is told to end. Nothing that is thrown in here may leave: an uncaught error in a thread whose engine
 * listens would end the whole process.
 */
export function runThread(): void {
  // Safe: as above.
  const data = workerData as ThreadData
  const tell = (message: FromThread): void => parentPort?.postMessage(message)
  const onBug = (error: unknown, exchange: Exchange | null): void => {
    observer.countBug()
    tell({
      type: 'bug',
      requestId: exchange?.requestId ?? null,
      route: exchange?.route?.row.route ?? null,
      stack: stackOf(error),
    })
  }
  const observer = openObserver(data.observe, data.index)
  process.on('uncaughtException', (error) => onBug(error, null))
  process.on('unhandledRejection', (error) => onBug(error, null))
  try {
    serve(data, tell, onBug, observer)
  } catch (error) {
    tell({
      type: 'failed',
      fault: error instanceof StartFault ? error.message : stackOf(error),
      isStartFault: error instanceof StartFault,
    })
    process.exit(1)
  }
}

type Tell = (message: FromThread) => void

function serve(data: ThreadData, tell: Tell, onBug: Thread['onBug'], observer: ReturnType<typeof openObserver>): void {
  const wheel = createTimerWheel((error) => onBug(error, null))
  const buffers = createUpstreamBuffers()
  const replays = openReplayMemory(data.replays, data.index)
  const identity = createThreadIdentity(
    (source) => tell({ type: 'keys-wanted', source }),
    (line) => tell({ type: 'told', line }),
  )
  const load = ({ script, keys, plan, metrics, secrets }: TableParcel, before: Serving | null): Serving => {
    const options = {
      limits: viewLimits(data.limits, plan, data.index, data.threads),
      plan: metrics,
      secrets,
      keys,
      replays,
      sources: identity.sources,
      targets: data.targets,
      wheel,
      buffers,
      onBug: (error: unknown) => onBug(error, null),
    }
    const loaded = loadServing(readTable(script), options, before)
    applyRevocations(loaded.table, revocations)
    return loaded
  }
  let { revocations } = data
  let serving = load(data.table, null)
  let ready: Serving | null = null
  let draining = false
  /** Requests that are not settled yet. */
  let underWay = 0
  const monotonicMs = monotonicClock()
  const record = createRecord(observer, monotonicMs)
  const live = createLiveAnswers()

  const thread: Thread = {
    serving: () => serving,
    isDraining: () => draining,
    wheel,
    addresses: createKnownAddresses(),
    wallMs: Date.now,
    monotonicMs,
    newId: createNewId(),
    begin: (answer) => {
      underWay++
      observer.begin()
      live.add(answer)
    },
    record: (answer) => {
      underWay--
      live.delete(answer)
      observer.end()
      record(answer)
    },
    onBug,
  }
  const server = createServer(openEngine(data.enginePath), thread)
  tell({ type: 'listening', addresses: listenAll(server, data) })

  const end = (): void => {
    server.stopListening()
    server.close()
    for (const { client } of serving.upstreams) client.retire()
    wheel.close()
    process.exit(0)
  }
  const drain = (): void => {
    draining = true
    server.stopListening()
    endWhenIdle(() => underWay, monotonicMs, server, end)
  }
  parentPort?.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'load':
        try {
          ready = load(message.table, serving)
          tell({ type: 'loaded', refusal: null })
        } catch (error) {
          tell({ type: 'loaded', refusal: messageOf(error) })
        }
        return
      case 'swap':
        if (ready !== null) {
          retireServing(serving, ready)
          serving = ready
          ready = null
        }
        return tell({ type: 'swapped' })
      case 'discard':
        if (ready !== null) retireServing(ready, serving)
        ready = null
        return
      case 'revoke':
        revocations = message.list
        if (ready !== null) applyRevocations(ready.table, revocations)
        applyRevocations(serving.table, revocations)
        return live.endRevoked(thread, revocations)
      case 'stats':
        return tell({ type: 'stats', upstreams: statsOf(serving) })
      case 'keys':
        return void identity.take(message.news).catch((error: unknown) => onBug(error, null))
      case 'drain':
        return drain()
      case 'close':
        return end()
    }
  })
}

function listenAll(server: Server, { listen, exclusive }: ThreadData): ListenRow[] {
  try {
    return listen.map((address) => {
      const listening = server.listen(address, { exclusive })
      if (listening === null) throw addressFault(address)
      return listening
    })
  } catch (error) {
    // A thread that ends while its engine listens takes the process with it.
    server.stopListening()
    server.close()
    throw error
  }
}

/** Where an address holds a secret, its name is shown in place of it. */
function statsOf({ table, upstreams }: Serving): ThreadUpstreamStats[] {
  return upstreams.map(({ row, client }) => ({
    name: row.name,
    targets: client.stats().map((stats, i) => {
      const template = row.targets[i]?.url ?? []
      const isSecret = template.some((part) => typeof part !== 'string')
      return isSecret ? { ...stats, url: showTemplate(template, table.table.secrets) } : stats
    }),
  }))
}

/** Ends when nothing is in flight and the callers have closed, or have had the time to. */
function endWhenIdle(underWay: () => number, monotonicMs: () => number, server: Server, end: () => void): void {
  let idleSinceMs: number | null = null
  const check = setInterval(() => {
    if (underWay() > 0) {
      idleSinceMs = null
      return
    }
    idleSinceMs ??= monotonicMs()
    if (server.connections() > 0 && monotonicMs() - idleSinceMs < IDLE_GRACE_MS) return
    clearInterval(check)
    end()
  }, DRAIN_CHECK_MS)
}

/** The system's monotonic clock in milliseconds, the same in all threads: counters in shared memory hold its readings. */
function monotonicClock(): () => number {
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()
  return () => performance.now() + offsetMs
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
