import type { Answer } from './answer.ts'
import { holdAnswer, takeHeldPiece, type HeldAnswer } from './filter-fields.ts'
import { pauseBody, receiveBody, resumeBody } from './receive-body.ts'
import { refuse, type RefusalCode } from './refusals.ts'
import { requestLines, upstreamPath } from './request-lines.ts'
import { sendBodiless, sendEnd, sendHead, sendPiece, sendWhole } from './respond.ts'
import { failWith, headFor, refuseWith } from './settle.ts'
import type { Thread } from './thread.ts'
import type { ResponseHead, UpstreamFault, UpstreamReceiver, UpstreamRequest } from './upstream/types.ts'

const NOT_MODIFIED = 304
const BUSY_RETRY_SECONDS = 1

const CODES: Readonly<Record<UpstreamFault, RefusalCode>> = {
  unreachable: 'upstream-unreachable',
  broken: 'upstream-broken',
  timeout: 'upstream-timeout',
  overloaded: 'overloaded',
}

/** Sends a request whose body, if it has one, was read whole. */
export function forwardWhole(thread: Thread, answer: Answer, body: Uint8Array | null): void {
  call(thread, answer, body)
}

/** Sends a request and hands on its body as it comes. In the engine's handler only. */
export function forwardStream(thread: Thread, answer: Answer): void {
  const { exchange } = answer
  const { contentLength } = exchange
  call(thread, answer, { bytes: contentLength })
  receiveBody(answer, contentLength, (piece, isLast) => {
    if (exchange.call?.write(piece) === false) pauseBody(answer)
    if (isLast) exchange.call?.end()
  })
}

function call(thread: Thread, answer: Answer, body: UpstreamRequest['body']): void {
  const { exchange } = answer
  const { route, upstream } = exchange
  if (route === null || upstream === null) throw new Error('a request without a route is not forwarded')
  // With nothing to wait for, it is still the turn of the loop in which the request came.
  exchange.calledMs = body === null && exchange.asked.length === 0 ? exchange.startMs : thread.monotonicMs()
  const request = {
    method: exchange.method,
    path: upstreamPath(exchange),
    headers: requestLines(exchange, upstream),
    body,
    timeoutMs: Math.max(0, route.row.timeoutMs - (exchange.calledMs - exchange.startMs)),
  }
  exchange.call = upstream.client.send(request, receiverFor(thread, answer))
}

/** Takes what becomes of one call. Its methods are shared and use `this`: closures would be made anew for every request. */
interface Receiver extends UpstreamReceiver {
  readonly thread: Thread
  readonly answer: Answer
  /** What came of an answer that is to be cut, once its head is there. */
  held: HeldAnswer | null
}

function receiverFor(thread: Thread, answer: Answer): Receiver {
  return { thread, answer, held: null, onHead, onBody, onDrain, onFault }
}

// A throw in one of these is a bug that ends this request alone.

function onHead(this: Receiver, head: ResponseHead, piece: Uint8Array, isLast: boolean): void {
  const { thread, answer } = this
  if (answer.exchange.settled) return
  try {
    takeHead(this, head, piece, isLast)
  } catch (error) {
    failWith(thread, answer, error)
  }
}

function onBody(this: Receiver, piece: Uint8Array, isLast: boolean): void {
  const { thread, answer } = this
  if (answer.exchange.settled) return
  try {
    if (this.held !== null) takeHeldPiece(thread, answer, this.held, piece, isLast)
    else takeBody(answer, piece, isLast)
  } catch (error) {
    failWith(thread, answer, error)
  }
}

function onDrain(this: Receiver): void {
  const { thread, answer } = this
  if (answer.exchange.settled) return
  try {
    resumeBody(answer)
  } catch (error) {
    failWith(thread, answer, error)
  }
}

function onFault(this: Receiver, fault: UpstreamFault): void {
  const { thread, answer } = this
  if (answer.exchange.settled) return
  try {
    takeFault(thread, answer, fault)
  } catch (error) {
    failWith(thread, answer, error)
  }
}

function takeHead(receiver: Receiver, head: ResponseHead, piece: Uint8Array, isLast: boolean): void {
  const { thread, answer } = receiver
  const { exchange } = answer
  exchange.headMs = thread.monotonicMs()
  const isOurFault = (head.status === 401 || head.status === 403) && exchange.upstream?.row.ownCredential === true
  if (isOurFault) return refuseWith(thread, answer, refuse('upstream-broken'))
  const fields = exchange.route?.fields ?? null
  if (fields !== null) {
    receiver.held = holdAnswer(thread, answer, head, fields)
    if (receiver.held !== null) takeHeldPiece(thread, answer, receiver.held, piece, isLast)
    return
  }
  const isHead = exchange.method === 'HEAD'
  const answerHead = headFor(thread, answer, head)
  if (!head.hasBody)
    return sendBodiless(answer, answerHead, isHead || head.status === NOT_MODIFIED ? head.contentLength : -1)
  if (isLast) return sendWhole(answer, answerHead, piece, { isHead })
  sendHead(answer, answerHead, head.contentLength)
  takeBody(answer, piece, false)
}

function takeBody(answer: Answer, piece: Uint8Array, isLast: boolean): void {
  if (!sendPiece(answer, piece)) answer.exchange.call?.pause()
  if (isLast) sendEnd(answer)
}

function takeFault(thread: Thread, answer: Answer, fault: UpstreamFault): void {
  answer.exchange.fault = fault
  const headers = fault === 'overloaded' ? `retry-after: ${BUSY_RETRY_SECONDS}\r\n` : ''
  const members = fault === 'overloaded' ? { retryAfter: BUSY_RETRY_SECONDS } : {}
  refuseWith(thread, answer, refuse(CODES[fault], { headers, members }))
}
