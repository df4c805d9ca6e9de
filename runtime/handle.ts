import type { Answer, AnswerEvents } from './answer.ts'
import { checkBodyBinds } from './check-body-binds.ts'
import { checkBlock } from './block/check-block.ts'
import { decide } from './decide.ts'
import { decideLater } from './decide-later.ts'
import type { Exchange } from './exchange.ts'
import { forwardStream, forwardWhole } from './forward.ts'
import { at } from './load-table.ts'
import { checkBodyDigests } from './check-body-digests.ts'
import { readBody } from './read-body.ts'
import { createReadRequest, type RequestSource } from './read-request.ts'
import { receiveBody } from './receive-body.ts'
import { refuse } from './refusals.ts'
import { abandon, allowPreflight, failWith, isUnderWay, refuseWith, settle } from './settle.ts'
import type { Serving, Thread } from './thread.ts'
import { checkBodyType, validateBody } from './validate-body.ts'
import { validateQuery } from './validate-query.ts'

/** The life of one request, top to bottom. Called from the engine's handler; the source is gone when it returns. */
export type Handle = (answer: Answer, serving: Serving, source: RequestSource) => void

export function createHandle(thread: Thread): Handle {
  const readRequest = createReadRequest(thread.newId, thread.addresses)
  return (answer, serving, source) => {
    const { exchange } = answer
    exchange.serving = serving
    thread.begin(answer)
    try {
      readRequest(exchange, source)
      decide(exchange)
      if (exchange.route !== null) exchange.upstream = at(serving.upstreams, exchange.route.row.upstream)
      if (exchange.lookup === null) carryOut(thread, answer, exchange)
      else decideLater(thread, answer, exchange.lookup, () => carryOut(thread, answer, exchange))
    } catch (error) {
      failWith(thread, answer, error)
    }
  }
}

/** What happens to an answer outside the handler. */
export function createEvents(thread: Thread): AnswerEvents {
  return {
    onEnd: (answer) => settle(thread, answer),
    onGone: (answer) => abandon(thread, answer),
    onRoom: (answer) => answer.exchange.call?.resume(),
    onSlowBody: (answer) => {
      if (isUnderWay(answer)) refuseWith(thread, answer, refuse('body-timeout', { close: true }))
    },
    onBug: (answer, error) => failWith(thread, answer, error),
  }
}

function carryOut(thread: Thread, answer: Answer, exchange: Exchange): void {
  const refusal = exchange.refusal ?? (exchange.preflight ? null : checkContent(exchange))
  const hasBody = exchange.contentLength > 0 || exchange.chunked
  // Whoever answers without reading the body lets the engine read over it; of a body in doubt there is no telling where it ends.
  if (hasBody && (refusal !== null || exchange.preflight))
    receiveBody(answer, isFraming(exchange) ? 0 : exchange.contentLength, null)
  if (refusal !== null) return refuseWith(thread, answer, refusal)
  if (exchange.preflight) return allowPreflight(thread, answer)
  const isDigested = exchange.signature !== null && exchange.signature.bodyDigests !== null
  if (hasBody && (exchange.route?.readsBody === true || isDigested)) return readAndForward(thread, answer, exchange)
  if (hasBody) return forwardStream(thread, answer)
  forwardWhole(thread, answer, null)
}

/** What can be held against the route's rules and schemas before the body comes. */
function checkContent(exchange: Exchange): Exchange['refusal'] {
  const blocked = exchange.route?.row.block == null ? null : checkBlock(exchange)
  const invalid = blocked ?? validateQuery(exchange)
  if (invalid !== null || exchange.route?.readsBody !== true) return invalid
  return checkBodyType(exchange)
}

function readAndForward(thread: Thread, answer: Answer, exchange: Exchange): void {
  readBody(answer, (body) => {
    const refusal = 'code' in body ? body : (checkBodyDigests(exchange, body) ?? checkBody(exchange, body))
    if (refusal !== null) refuseWith(thread, answer, refusal)
    else if (body instanceof Uint8Array) forwardWhole(thread, answer, body)
  })
}

function checkBody(exchange: Exchange, body: Uint8Array): Exchange['refusal'] {
  if (exchange.route?.readsBody !== true) return null
  return validateBody(exchange, body) ?? checkBodyBinds(exchange, body)
}

/** A refusal of the framing: the length that the request names is not to be trusted. */
function isFraming({ refusal }: Exchange): boolean {
  return refusal?.close === true && refusal.code !== 'body-too-large'
}
