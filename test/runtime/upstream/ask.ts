import { createTimerWheel, type TimerWheel } from '../../../runtime/timer-wheel.ts'
import { createUpstreamBuffers, createUpstreamClient, type UpstreamOptions } from '../../../runtime/upstream/client.ts'
import type {
  ResponseHead,
  UpstreamCall,
  UpstreamClient,
  UpstreamFault,
  UpstreamReceiver,
  UpstreamRequest,
  UpstreamSettings,
} from '../../../runtime/upstream/types.ts'
import { startRawServer, type RawServer, type RawServerOptions } from './raw-server.ts'

/** What a receiver was told. */
export interface Told {
  head: ResponseHead | null
  /** One character a byte. */
  body: string
  fault: UpstreamFault | null
  drains: number
  /** Names of the callbacks, in order. */
  readonly log: string[]
  /** Resolves with the last piece or with the fault. */
  readonly end: Promise<Told>
  /** Resolves with the head. */
  readonly begin: Promise<Told>
}

export interface Asked {
  readonly call: UpstreamCall
  readonly told: Told
}

/** What a test may do in a callback, after it was noted. */
export type Hooks = Partial<UpstreamReceiver>

export function createTold(hooks: Hooks = {}): { told: Told; receiver: UpstreamReceiver } {
  let resolveEnd: (told: Told) => void = () => {}
  let resolveBegin: (told: Told) => void = () => {}
  const told: Told = {
    head: null,
    body: '',
    fault: null,
    drains: 0,
    log: [],
    end: new Promise((resolve) => (resolveEnd = resolve)),
    begin: new Promise((resolve) => (resolveBegin = resolve)),
  }
  const receiver: UpstreamReceiver = {
    onHead: (head, piece, isLast) => {
      told.log.push(isLast ? 'head, last' : 'head')
      told.head = head
      told.body += Buffer.from(piece).toString('latin1')
      resolveBegin(told)
      if (isLast) resolveEnd(told)
      hooks.onHead?.(head, piece, isLast)
    },
    onBody: (piece, isLast) => {
      told.log.push(isLast ? 'body, last' : 'body')
      told.body += Buffer.from(piece).toString('latin1')
      if (isLast) resolveEnd(told)
      hooks.onBody?.(piece, isLast)
    },
    onDrain: () => {
      told.drains++
      hooks.onDrain?.()
    },
    onFault: (fault) => {
      told.log.push(`fault ${fault}`)
      told.fault = fault
      resolveEnd(told)
      resolveBegin(told)
      hooks.onFault?.(fault)
    },
  }
  return { told, receiver }
}

const GET: UpstreamRequest = { method: 'GET', path: '/', headers: '', body: null, timeoutMs: 60_000 }

export function ask(client: UpstreamClient, request: Partial<UpstreamRequest> = {}, hooks: Hooks = {}): Asked {
  const { told, receiver } = createTold(hooks)
  return { call: client.send({ ...GET, ...request }, receiver), told }
}

/** Servers, clients and a clock of one test; all of it ends with the test. */
export interface Bench {
  readonly wheel: TimerWheel
  readonly bugs: unknown[]
  /** The clock that deadlines go by stands still but for this. */
  readonly pass: (ms: number) => void
  readonly serve: (options: RawServerOptions) => Promise<RawServer>
  readonly connect: (
    urls: string | readonly string[],
    settings?: Partial<UpstreamSettings>,
    options?: UpstreamOptions,
  ) => UpstreamClient
  readonly close: () => Promise<void>
}

const TICK_MS = 20

export function createBench(): Bench {
  const servers: RawServer[] = []
  const clients: UpstreamClient[] = []
  const bugs: unknown[] = []
  const buffers = createUpstreamBuffers()
  let nowMs = 1000
  const wheel = createTimerWheel(
    (error) => bugs.push(error),
    () => nowMs,
  )
  return {
    wheel,
    bugs,
    pass: (ms) => {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs = Math.min(nowMs + TICK_MS, endMs)
        wheel.turn()
      }
    },
    serve: async (options) => {
      const server = await startRawServer(options)
      servers.push(server)
      return server
    },
    connect: (urls, settings = {}, options = {}) => {
      const client = createUpstreamClient(
        {
          name: 'test',
          targets: [urls].flat().map((url) => ({ url, weight: 1 })),
          connectMs: 1000,
          responseMs: 30_000,
          idleMs: 10_000,
          connections: 8,
          queue: 8,
          ...settings,
        },
        wheel,
        { onBug: (error) => bugs.push(error), buffers, ...options },
      )
      clients.push(client)
      return client
    },
    close: async () => {
      for (const client of clients) client.retire()
      await Promise.all(servers.map((server) => server.close()))
      wheel.close()
    },
  }
}

/** Waits for what sockets bring about, without a fixed time. */
export async function until(isSo: () => boolean, what = 'it'): Promise<void> {
  for (const endMs = Date.now() + 5000; !isSo();) {
    if (Date.now() > endMs) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Lets everything happen that is on its way between sockets of this process. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
}
