import { STATUS_CODES } from 'node:http'
import { guarded, isOpen, type Answer, type AnswerEvents, type AnswerHead } from './answer.ts'
import type { EngineResponse } from './engine/types.ts'
import type { Exchange } from './exchange.ts'
import { linger, resumeBody, stopBodyTimer } from './receive-body.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** A corked write larger than the engine's cork buffer of 16 KB can be lost whole; the head needs room, too. */
const PIECE_BYTES_MAX = 15_000
const LINE_END = '\r\n'
/** A write this small never outgrows what a congested socket has drained before it. */
const PROBE_BYTES = 1024
/** The rest of a body that is read over without closing the connection. */
export const SWALLOW_BYTES_MAX = 64 * 1024

/** To be called first in the engine's handler. */
export function openAnswer(
  response: EngineResponse,
  exchange: Exchange,
  wheel: TimerWheel,
  events: AnswerEvents,
): Answer {
  const answer: Answer = {
    response,
    exchange,
    events,
    wheel,
    state: 'open',
    inHandler: true,
    total: -1,
    backlog: [],
    congested: false,
    ending: false,
    closing: false,
    bytesOut: 0,
    expected: 0,
    bytesIn: 0,
    received: false,
    paused: false,
    onPiece: null,
    held: null,
    lastArmMs: 0,
    windowBytes: 0,
    bodyTimer: null,
    lingering: null,
    lingeringFrom: 0,
    livePlace: -1,
  }
  response.onAborted(() => {
    answer.state = 'gone'
    stopBodyTimer(answer)
    guarded(answer, events.onGone)
  })
  return answer
}

/** An answer whose body is known; bytes are copied if they must wait. Whoever asked with HEAD gets its length alone. */
export function sendWhole(
  answer: Answer,
  head: AnswerHead,
  body: string | Uint8Array,
  { isHead }: { isHead: boolean },
): void {
  if (answer.state !== 'open') return
  const mayWait = typeof body !== 'string' && (head.close || mustClose(answer))
  const kept = mayWait ? new Uint8Array(body) : body
  finish(answer, head, (close) => writeWhole(answer, head, kept, { isHead, close }))
}

/** An answer that has no body, whatever its header says of a length. `contentLength` below 0 is left out. */
export function sendBodiless(answer: Answer, head: AnswerHead, contentLength: number): void {
  if (answer.state !== 'open') return
  finish(answer, head, (close) => {
    writeHead(answer, head, close, () => {
      if (contentLength >= 0) endWithLength(answer, contentLength)
      else endEmpty(answer)
    })
  })
}

/**
 * Begins an answer whose body comes in pieces.
 *
 * @param contentLength All of them together, or -1.
 */
export function sendHead(answer: Answer, head: AnswerHead, contentLength: number): void {
  if (answer.state !== 'open') return
  answer.total = contentLength
  answer.response.onWritable(() => {
    guarded(answer, onWritable)
    return true
  })
  writeHead(answer, head, head.close || mustClose(answer), nothingMore)
}

/**
 * Sends a piece of the body. What the socket does not take is copied.
 *
 * @returns False when it did not take all: wait for `onRoom`.
 */
export function sendPiece(answer: Answer, piece: Uint8Array): boolean {
  if (answer.state !== 'streaming' || piece.length === 0) return answer.backlog.length === 0 && !answer.congested
  answer.bytesOut += piece.length
  if (answer.backlog.length > 0) {
    answer.backlog.push(new Uint8Array(piece))
    return false
  }
  const rest = answer.total >= 0 ? writeKnown(answer, piece) : writeChunks(answer, piece)
  if (rest.length > 0) answer.backlog.push(new Uint8Array(rest))
  return !answer.congested
}

/** The body is complete. */
export function sendEnd(answer: Answer): void {
  if (answer.state !== 'streaming') return
  answer.ending = true
  if (answer.backlog.length === 0) endStream(answer)
}

/** Breaks the connection, so that nobody takes what was sent for a whole answer. */
export function cut(answer: Answer): void {
  if (!isOpen(answer)) return
  stopBodyTimer(answer)
  // Closing calls onAborted, which must find that this was us.
  const { events } = answer
  answer.state = 'ended'
  setImmediate(() => {
    try {
      if (answer.state === 'ended') answer.response.close()
    } catch (error) {
      events.onBug(answer, error)
    }
  })
}

/** Sends now, or once the body was read over as far as it must be; never from the handler when the connection is to close. */
function finish(answer: Answer, head: AnswerHead, send: (close: boolean) => void): void {
  answer.onPiece = null
  stopBodyTimer(answer)
  // A response that ends while it is paused leaves its connection deaf.
  resumeBody(answer)
  const close = head.close || mustClose(answer)
  if (!close) return send(false)
  const sendLater = (): void => {
    if (answer.state === 'open') send(true)
  }
  if (!answer.received && answer.expected !== 0) return linger(answer, sendLater)
  if (answer.inHandler) setImmediate(() => guarded(answer, sendLater))
  else sendLater()
}

/** A body of which too much is still to come, or whose end nobody can be sure of. */
function mustClose({ received, expected, bytesIn }: Answer): boolean {
  return expected < 0 || (!received && expected - bytesIn > SWALLOW_BYTES_MAX)
}

function writeWhole(
  answer: Answer,
  head: AnswerHead,
  body: string | Uint8Array,
  { isHead, close }: { isHead: boolean; close: boolean },
): void {
  const bytes = Buffer.byteLength(body)
  const atOnce = !isHead && head.lines.length + bytes <= PIECE_BYTES_MAX
  writeHead(answer, head, close && !atOnce, () => {
    if (isHead) endWithLength(answer, bytes)
    else if (atOnce) endWith(answer, body, close)
    else startKnown(answer, toBytes(body))
  })
}

/**
 * Writes the head, and in the same cork what comes with it. Lines that do not fit into one cork go ahead in others.
 *
 * @param close False as well where the engine says it.
 */
function writeHead(answer: Answer, { status, lines, isAscii }: AnswerHead, close: boolean, more: () => void): void {
  const { response } = answer
  // Whatever is thrown from here on, another head would be mixed into this one.
  answer.state = 'streaming'
  answer.closing = close
  let start = 0
  const writeBegin = (): void => {
    response.writeStatus(STATUS_LINES[status] ?? `${status} Unknown`)
    if (close) response.writeHeader('connection', 'close')
  }
  while (lines.length - start > PIECE_BYTES_MAX) {
    const isFirst = start === 0
    const part = lines.slice(start, endOfLines(lines, start))
    response.cork(() => {
      if (isFirst) writeBegin()
      writeLines(response, part, isAscii)
    })
    start += part.length
  }
  response.cork(() => {
    if (start === 0) writeBegin()
    writeLines(response, lines.slice(start), isAscii)
    more()
  })
}

/** Where as many whole lines end as fit into a cork, and one of them at least. */
function endOfLines(lines: string, start: number): number {
  const last = lines.lastIndexOf(LINE_END, start + PIECE_BYTES_MAX - LINE_END.length)
  return (last > start ? last : lines.indexOf(LINE_END, start)) + LINE_END.length
}

/** The engine writes a value as it is: all lines go in as one header, which saves a call for each. */
function writeLines(response: EngineResponse, lines: string, isAscii: boolean): void {
  const colon = lines.indexOf(': ')
  if (colon < 0) return
  const value = lines.slice(colon + 2, -LINE_END.length)
  response.writeHeader(lines.slice(0, colon), isAscii ? value : Buffer.from(value, 'latin1'))
}

function nothingMore(): void {}

const STATUS_LINES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(STATUS_CODES).map(([status, reason]) => [status, `${status} ${reason}`]),
)

function endWith(answer: Answer, body: string | Uint8Array, close: boolean): void {
  answer.bytesOut += Buffer.byteLength(body)
  answer.response.end(body, close)
  ended(answer)
}

function ended(answer: Answer): void {
  answer.state = 'ended'
  stopBodyTimer(answer)
  guarded(answer, answer.events.onEnd)
}

/** `endWithoutBody(length)` would break the connection: the length is written as a header. */
function endWithLength(answer: Answer, length: number): void {
  answer.response.writeHeader('content-length', String(length))
  endEmpty(answer)
}

function endEmpty(answer: Answer): void {
  deafen(answer)
  answer.response.endWithoutBody()
  ended(answer)
}

function startKnown(answer: Answer, body: Uint8Array): void {
  answer.total = body.length
  answer.ending = true
  answer.response.onWritable(() => {
    guarded(answer, onWritable)
    return true
  })
  answer.bytesOut += body.length
  const rest = writeKnown(answer, body)
  if (rest.length > 0) answer.backlog.push(new Uint8Array(rest))
}

/** @returns What the socket did not take. */
function writeKnown(answer: Answer, piece: Uint8Array): Uint8Array {
  const { response, total } = answer
  const before = response.getWriteOffset()
  if (before + piece.length === total) {
    resumeBody(answer)
    deafen(answer)
  }
  let ok = true
  let done = false
  response.cork(() => {
    ;[ok, done] = response.tryEnd(piece, total)
  })
  answer.congested = !ok
  if (!done) return ok ? NOTHING : piece.subarray(response.getWriteOffset() - before)
  ended(answer)
  return NOTHING
}

/** @returns What the engine was not given: it would keep any amount of it. */
function writeChunks(answer: Answer, piece: Uint8Array): Uint8Array {
  const { response } = answer
  let at = 0
  while (at < piece.length) {
    const bytes = answer.congested ? PROBE_BYTES : PIECE_BYTES_MAX
    const part = piece.subarray(at, at + bytes)
    let ok = true
    response.cork(() => {
      ok = response.write(part)
    })
    at += part.length
    answer.congested = !ok
    if (!ok) return piece.subarray(at)
  }
  return NOTHING
}

const NOTHING = new Uint8Array(0)

/** The engine no longer sends by itself what it keeps: an empty cork does. */
function onWritable(answer: Answer): void {
  if (answer.state !== 'streaming') return
  const { backlog, response } = answer
  if (backlog.length === 0) response.cork(() => undefined)
  while (backlog.length > 0) {
    const [first = NOTHING] = backlog
    const rest = answer.total >= 0 ? writeKnown(answer, first) : writeChunks(answer, first)
    if (rest.length > 0) backlog[0] = rest
    else backlog.shift()
    if (answer.congested) return
  }
  if (answer.ending) endStream(answer)
  else if (answer.state === 'streaming') answer.events.onRoom(answer)
}

/** An answer of known length has ended with its last byte; when it has not, it is cut. */
function endStream(answer: Answer): void {
  if (answer.state !== 'streaming') return
  resumeBody(answer)
  stopBodyTimer(answer)
  if (answer.total >= 0) return cut(answer)
  deafen(answer)
  answer.response.cork(() => {
    answer.response.end()
  })
  ended(answer)
}

/**
 * Lets nothing more be read from a connection that is to close. The engine closes it by itself only behind a small whole
 * body; a connection that ends paused it closes some 10 s later, or earlier when the caller does. A body of which the end is
 * known is read over instead: were it left unread, its caller could lose the answer.
 */
function deafen({ response, closing, received, expected }: Answer): void {
  if (closing && (received || expected <= 0)) response.pause()
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body
}
