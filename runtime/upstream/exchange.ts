import { accepted, bury, discard, failCall, open, rearm, refused, release } from './pool.ts'
import { DONE, endAnswer, readAnswer } from './read-answer.ts'
import { BROKE, BUSY, CONNECTING, ENDED, IDLE, STILL_OPEN, type Call, type Client, type Connection } from './state.ts'
import type { ResponseHead, UpstreamFault, UpstreamRequest } from './types.ts'
import { hasRoom, SMALL_BODY_BYTES_MAX, writeMore } from './write-request.ts'

const NOTHING = new Uint8Array(0)
const METHODS_TO_REPEAT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

export function onConnect(client: Client, connection: Connection): void {
  if (connection.call !== null) accepted(client, connection, connection.call)
}

export function onData(client: Client, connection: Connection, bytes: Buffer, length: number): void {
  const { call } = connection
  // Nobody asked for these bytes. They must not become the answer of the next request.
  if (call === null || connection.phase !== BUSY) lost(client, connection)
  else if (call.isPaused || hasHeld(connection)) connection.held.push(Buffer.from(bytes.subarray(0, length)))
  else take(client, connection, call, bytes, length)
}

export function onEnd(client: Client, connection: Connection): void {
  const { call } = connection
  if (hasHeld(connection)) connection.heldEnd = ENDED
  else if (call !== null && connection.phase === BUSY && endAnswer(connection.answer)) {
    deliver(client, connection, call, null, NOTHING)
  } else lost(client, connection)
}

/** The connection broke, or ended where it must not. */
export function lost(client: Client, connection: Connection): void {
  const { call, phase } = connection
  if (hasHeld(connection)) {
    // An end that came before says more than the closing that follows it.
    if (connection.heldEnd === STILL_OPEN) connection.heldEnd = BROKE
  } else if (phase === CONNECTING || (phase === BUSY && connection.served === 0 && isUntouched(connection))) {
    refused(client, connection, { isTimeout: false })
  } else if (phase === IDLE || call === null) {
    discard(client, connection)
  } else if (maySendAgain(connection, call)) {
    sendAgain(client, connection, call)
  } else {
    breakOff(client, connection, 'broken')
  }
}

export function onDue(client: Client, connection: Connection): void {
  const { call } = connection
  if (connection.phase === IDLE || call === null) discard(client, connection)
  else if (connection.phase === CONNECTING) refused(client, connection, { isTimeout: true })
  else breakOff(client, connection, 'timeout')
}

export function onDrain(client: Client, connection: Connection): void {
  const { call } = connection
  if (call === null || connection.phase !== BUSY) return
  rearm(client, connection, call, client.wheel.nowMs())
  const { body } = call.request
  if (body instanceof Uint8Array) {
    if (!connection.isSent) writeMore(connection, call, body)
  } else if (call.wantsDrain && hasRoom(connection) && call.pending === null) {
    call.wantsDrain = false
    guard(client, connection, call, tellDrain)
  }
}

/** The last byte of a request's body was written. */
export function onFlushed(client: Client, connection: Connection): void {
  const { call } = connection
  if (call === null || connection.isSent) return
  connection.isSent = true
  rearm(client, connection, call, client.wheel.nowMs())
}

/** Hands on what came while reading was paused, then reads on. */
export function deliverHeld(client: Client, connection: Connection, call: Call): void {
  while (connection.call === call && !call.isPaused) {
    const bytes = connection.held.shift()
    if (bytes !== undefined) {
      take(client, connection, call, bytes, bytes.length)
    } else {
      const { heldEnd } = connection
      connection.heldEnd = STILL_OPEN
      if (heldEnd === ENDED) onEnd(client, connection)
      else if (heldEnd === BROKE) lost(client, connection)
      else connection.socket.resume()
      return
    }
  }
}

/** True when something came that has not been handed on. */
export function hasHeld(connection: Connection): boolean {
  return connection.held.length > 0 || connection.heldEnd !== STILL_OPEN
}

/** Ends a connection because of what its call met, and tells the call. */
export function breakOff(client: Client, connection: Connection, fault: UpstreamFault): void {
  const { call, target } = connection
  target.failures++
  discard(client, connection)
  if (call !== null) failCall(client, call, fault)
}

function take(client: Client, connection: Connection, call: Call, bytes: Buffer, length: number): void {
  const { answer } = connection
  if (!readAnswer(answer, client.parseHead, bytes, length)) return breakOff(client, connection, 'broken')
  const { head, pieceStart, pieceEnd } = answer
  if (head !== null) connection.hasHead = true
  if (answer.phase !== DONE) {
    if (connection.hasHead) rearm(client, connection, call, client.wheel.nowMs())
    if (head === null && pieceStart === pieceEnd) return
  }
  deliver(client, connection, call, head, pieceStart === pieceEnd ? NOTHING : bytes.subarray(pieceStart, pieceEnd))
}

/** Tells the receiver what a read brought, and ends the exchange when that was the last of it. */
function deliver(
  client: Client,
  connection: Connection,
  call: Call,
  head: ResponseHead | null,
  piece: Uint8Array,
): void {
  const isLast = connection.answer.phase === DONE
  if (isLast) {
    call.isOver = true
    connection.call = null
  }
  try {
    if (head !== null) call.receiver.onHead(head, piece, isLast)
    else call.receiver.onBody(piece, isLast)
  } catch (error) {
    call.isOver = true
    discard(client, connection)
    client.onBug(error)
    return
  }
  if (!isLast) return
  if (isReusable(connection)) release(client, connection)
  else discard(client, connection)
}

function isReusable(connection: Connection): boolean {
  const { answer, isSent } = connection
  return answer.framing.keepsAlive && isSent && !answer.hasExcess && !hasHeld(connection)
}

function guard(client: Client, connection: Connection, call: Call, tell: (call: Call) => void): void {
  try {
    tell(call)
  } catch (error) {
    call.isOver = true
    discard(client, connection)
    client.onBug(error)
  }
}

function tellDrain(call: Call): void {
  call.receiver.onDrain()
}

/** True when no byte went either way. */
function isUntouched(connection: Connection): boolean {
  return !connection.hasWritten && !connection.answer.isBegun
}

/** A connection that was idle may have been closed by the upstream while the request was on its way. */
function maySendAgain(connection: Connection, call: Call): boolean {
  if (connection.served === 0 || connection.answer.isBegun || call.isResent) return false
  return !connection.hasWritten || isRepeatable(call.request)
}

function isRepeatable({ method, body }: UpstreamRequest): boolean {
  if (!METHODS_TO_REPEAT.has(method)) return false
  return body === null || (body instanceof Uint8Array && body.length <= SMALL_BODY_BYTES_MAX)
}

function sendAgain(client: Client, connection: Connection, call: Call): void {
  const nowMs = client.wheel.nowMs()
  if (nowMs >= call.deadlineMs) return breakOff(client, connection, 'timeout')
  call.isResent = true
  bury(client, connection)
  open(client, connection.target, call, nowMs)
}
