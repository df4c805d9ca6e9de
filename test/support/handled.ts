import type { Answer } from '../../runtime/answer.ts'
import { createExchange, type Exchange, type LoadedUpstream } from '../../runtime/exchange.ts'
import { createEvents, createHandle } from '../../runtime/handle.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { openAnswer } from '../../runtime/respond.ts'
import type { Serving, Thread } from '../../runtime/thread.ts'
import { createTimerWheel } from '../../runtime/timer-wheel.ts'
import type { ResponseHead, UpstreamFault, UpstreamReceiver, UpstreamRequest } from '../../runtime/upstream/types.ts'
import { AT_MS, TEST_ID, type TestRequest } from './decider.ts'
import { createFakeResponse, type FakeResponse } from './fake-response.ts'
import { readAnswer, type ReadAnswer } from './read-answer.ts'

/** A call to the upstream, which the test answers. */
export interface FakeCall {
  readonly request: UpstreamRequest
  readonly receiver: UpstreamReceiver
  /** What became of it, in order: "write 10", "end", "pause", "resume", "abort". */
  readonly log: string[]
  /** The pieces of the request's body. */
  readonly body: () => Buffer
  /** From now on the upstream keeps up, or it does not. */
  keepsUp: boolean
  readonly answer: (head: Partial<ResponseHead>, piece?: string | Uint8Array, isLast?: boolean) => void
  readonly more: (piece: string | Uint8Array, isLast?: boolean) => void
  readonly fail: (fault: UpstreamFault) => void
}

/** A request in the hands of the runtime, with a fake engine on its one side and a fake upstream on the other. */
export interface Handled {
  readonly fake: FakeResponse
  readonly answer: Answer
  readonly exchange: Exchange
  /** Null while nobody was called. */
  readonly call: () => FakeCall | null
  readonly read: (options?: { readonly hasBody?: boolean }) => ReadAnswer
}

export interface Gateway {
  readonly handle: (request: TestRequest, socket?: { readonly socketBytes?: number }) => Handled
  /** Requests that were recorded, in order, with what they were when they were. */
  readonly recorded: { readonly exchange: Exchange; readonly status: number; readonly code: string | null }[]
  readonly bugs: string[]
  readonly pass: (ms: number) => void
  draining: boolean
}

/** A thread that serves a table, without an engine or an upstream. */
export function createGateway(table: LoadedTable): Gateway {
  const calls: FakeCall[] = []
  const upstreams = table.table.upstreams.map((row, position): LoadedUpstream => ({
    row,
    position,
    identity: row.name,
    client: {
      send: (request, receiver) => {
        const call = createCall(request, receiver)
        calls.push(call.fake)
        return call.real
      },
      retire: () => undefined,
      stats: () => [],
    },
    lines: '',
  }))
  let nowMs = 0
  const addresses = createKnownAddresses()
  const wheel = createTimerWheel(
    (error) => bugs.push(String(error)),
    () => nowMs,
  )
  // Safe: nothing is logged or counted in these tests.
  const serving = { table, upstreams, plan: null, logLine: null } as unknown as Serving
  const recorded: { exchange: Exchange; status: number; code: string | null }[] = []
  const bugs: string[] = []
  const gateway = { draining: false }
  const thread: Thread = {
    serving: () => serving,
    isDraining: () => gateway.draining,
    wheel,
    addresses,
    wallMs: () => AT_MS + nowMs,
    monotonicMs: () => nowMs,
    newId: () => TEST_ID,
    begin: () => undefined,
    record: ({ exchange }) => void recorded.push({ exchange, status: exchange.status, code: exchange.code }),
    onBug: (error) => void bugs.push(String(error)),
  }
  const handleRequest = createHandle(thread)
  const events = createEvents(thread)

  return Object.assign(gateway, {
    recorded,
    bugs,
    pass: (ms: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs = Math.min(nowMs + 10, endMs)
        wheel.turn()
      }
    },
    handle: ({ method = 'GET', url, headers = [] }: TestRequest, socket = {}): Handled => {
      const fake = createFakeResponse(socket)
      const peer = addresses.ofPeer(fake.response.getRemoteAddress())
      const exchange = createExchange(table, peer, thread.wallMs(), thread.monotonicMs())
      const question = url.indexOf('?')
      const lines = [['host', 'gateway.test'] as const, ...headers]
      let answer: Answer | null = null
      fake.handle(() => {
        answer = openAnswer(fake.response, exchange, wheel, events)
        handleRequest(answer, serving, {
          getCaseSensitiveMethod: () => method,
          getUrl: () => (question < 0 ? url : url.slice(0, question)),
          getQuery: () => (question < 0 ? undefined : url.slice(question + 1)),
          forEach: (callback) => lines.forEach(([name, value]) => callback(name, value)),
        })
        answer.inHandler = false
      })
      if (answer === null) throw new Error('the handler did not run')
      return {
        fake,
        answer,
        exchange,
        // Safe: what forward.ts hands to a client names the answer that it is for.
        call: () => calls.find(({ receiver }) => (receiver as { readonly answer?: Answer }).answer === answer) ?? null,
        read: (options = {}) => readAnswer(fake.sent(), options),
      }
    },
  })
}

/** @throws When nobody was called. */
export function callOf({ call }: Handled): FakeCall {
  const made = call()
  if (made === null) throw new Error('nobody was called')
  return made
}

/** The status and code of a refusal. */
export function problemOf({ read }: Handled): { readonly status: number; readonly code: unknown } {
  const { status, body } = read()
  // Safe: every refusal is a problem, which has a code.
  const problem = JSON.parse(body.toString()) as { readonly code: unknown }
  return { status, code: problem.code }
}

function createCall(request: UpstreamRequest, receiver: UpstreamReceiver) {
  const log: string[] = []
  const pieces: Buffer[] = []
  const fake: FakeCall = {
    request,
    receiver,
    log,
    body: () => Buffer.concat(pieces),
    keepsUp: true,
    answer: (head, piece = '', isLast = true) => {
      const whole = { status: 200, fields: [], isAscii: true, contentLength: -1, hasBody: true, ...head }
      lend(piece, (bytes) => receiver.onHead(whole, bytes, isLast))
    },
    more: (piece, isLast = false) => lend(piece, (bytes) => receiver.onBody(bytes, isLast)),
    fail: (fault) => receiver.onFault(fault),
  }
  const real = {
    write: (piece: Uint8Array) => {
      log.push(`write ${piece.length}`)
      pieces.push(Buffer.from(piece))
      return fake.keepsUp
    },
    end: () => void log.push('end'),
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
    abort: () => void log.push('abort'),
    attempt: () => ({ target: 0, attempts: 1 }),
  }
  return { fake, real }
}

/** Bytes that are gone when the callback returns, as those of a read are. */
function lend(piece: string | Uint8Array, callback: (bytes: Buffer) => void): void {
  const bytes = Buffer.from(piece)
  callback(bytes)
  bytes.fill(0xee)
}
