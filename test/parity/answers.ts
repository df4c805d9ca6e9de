import type { GatewayTable } from '../../schemas/table.ts'
import { parseAddressWords } from '../../runtime/address-words.ts'
import { checkBodyBinds } from '../../runtime/check-body-binds.ts'
import { checkBlock } from '../../runtime/block/check-block.ts'
import { checkBodyDigests } from '../../runtime/check-body-digests.ts'
import { decide } from '../../runtime/decide.ts'
import { createExchange, type Exchange } from '../../runtime/exchange.ts'
import { createNewId } from '../../runtime/ids.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import { NO_SOURCES } from '../../runtime/identity/identity-sources.ts'
import { createReplayBuffer, openReplayMemory } from '../../runtime/identity/replay-memory.ts'
import { createSlotBook } from '../../runtime/limits/slots.ts'
import { cellsOf, createLimitMemory, viewLimits } from '../../runtime/limits/state.ts'
import { loadTable } from '../../runtime/load-table.ts'
import { createReadRequest } from '../../runtime/read-request.ts'
import type { RevocationList } from '../../runtime/revocations/revocation-list.ts'
import { applyRevocations } from '../../runtime/revocations/revoked.ts'
import type { Refusal } from '../../runtime/refusals.ts'
import { leaveLimits } from '../../runtime/take-limits.ts'
import { checkBodyType, validateBody } from '../../runtime/validate-body.ts'
import type { AimedRequest } from './generate-requests.ts'
import { interpret, type Verdict } from './interpret.ts'
import { sharedSecretOf } from './interpret-signature.ts'
import type { PlainConfig } from './interpret-config.ts'
import type { PlainRequest } from './interpret-path.ts'

/** What one side says to each request: "200", "204", or a status and a code; behind it what a 405 allows. */
export type Answers = readonly string[]

/** More than the requests of one config. */
const REPLAY_ROOM = { buckets: 64, ways: 32 }

/** What ends later than it begins, in the order of a sequence. */
interface Started {
  readonly endsAt: number
  readonly end: () => void
}

/** What the interpreter says; each request has one answer, or more where limits tie. */
export function answersOfYaml(config: PlainConfig, requests: readonly AimedRequest[]): readonly Answers[] {
  const counters = new Map()
  return inSequence(requests, (request) => {
    const { answers, allow, end }: Verdict = interpret(config, request, counters)
    return { answer: answers.map((answer) => withAllow(answer, allow)), ...(end === undefined ? {} : { end }) }
  })
}

/** What the runtime says with a table of the compiler, and a list of what is revoked, if the table asks for one. */
export function answersOfTable(
  table: GatewayTable,
  revocations: RevocationList,
  requests: readonly AimedRequest[],
): Answers {
  const memory = createLimitMemory(1, 1)
  const plan = createSlotBook(cellsOf(memory)).plan(table)
  if (plan === null) throw new Error('the table needs more cells than there are')
  const loaded = loadTable(table, viewLimits(memory, plan, 0, 1), {
    secrets: table.secrets.map(({ key }) => sharedSecretOf(key)),
    replays: openReplayMemory(createReplayBuffer(REPLAY_ROOM), 0, REPLAY_ROOM),
    sources: NO_SOURCES,
  })
  if (table.gateway.revocations !== null) applyRevocations(loaded, revocations)
  const addresses = createKnownAddresses()
  const read = createReadRequest(createNewId(), addresses)
  return inSequence(requests, (request) => {
    const words = parseAddressWords(request.peer)
    if (words === null) throw new Error(`not an address: ${request.peer}`)
    const exchange = createExchange(loaded, addresses.ofWords(words), request.wallMs, request.tickMs)
    try {
      read(exchange, sourceOf(request))
      decide(exchange)
      exchange.refusal ??= exchange.preflight ? null : refuseContent(exchange, request.body ?? '')
    } catch (error) {
      // As in handle.ts: a fault of ours is a 500 for one caller. It is no answer that the interpreter knows.
      return { answer: `500 internal: ${String(error)}` }
    }
    return { answer: answerOf(exchange), end: () => leaveLimits(exchange) }
  })
}

/** What handle.ts does behind the limits, and with a body once it is there. */
function refuseContent(exchange: Exchange, body: string): Refusal | null {
  const blocked = exchange.route?.row.block == null ? null : checkBlock(exchange)
  if (blocked !== null) return blocked
  const bytes = Buffer.from(body)
  if (exchange.route?.readsBody !== true) return checkBodyDigests(exchange, bytes)
  return (
    checkBodyType(exchange) ??
    checkBodyDigests(exchange, bytes) ??
    validateBody(exchange, bytes) ??
    checkBodyBinds(exchange, bytes)
  )
}

/** Runs one request after the other, and ends each when its time has come. */
function inSequence<Answer>(
  requests: readonly AimedRequest[],
  ask: (request: AimedRequest) => { answer: Answer; end?: () => void },
): Answer[] {
  let started: Started[] = []
  return requests.map((request, i) => {
    for (const { end } of started.filter(({ endsAt }) => endsAt < i)) end()
    started = started.filter(({ endsAt }) => endsAt >= i)
    const { answer, end } = ask(request)
    if (end !== undefined) started.push({ endsAt: i + request.endsAfter, end })
    return answer
  })
}

function sourceOf({ method, path, query, headers }: PlainRequest): Parameters<ReturnType<typeof createReadRequest>>[1] {
  return {
    getCaseSensitiveMethod: () => method,
    getUrl: () => path,
    getQuery: () => query,
    forEach: (callback) => {
      for (const [name, value] of headers) callback(name, value)
    },
  }
}

function answerOf({ refusal, preflight }: Exchange): string {
  if (refusal === null) return preflight ? '204' : '200'
  const allow = /^allow: (.*)\r\n/m.exec(refusal.headers)?.[1]?.split(', ')
  return withAllow(`${refusal.status} ${refusal.code}`, allow)
}

function withAllow(answer: string, allow: readonly string[] | undefined): string {
  return allow === undefined ? answer : `${answer}: ${[...allow].sort().join(', ')}`
}
