import { deliverHeld, hasHeld } from './exchange.ts'
import { discard, failCall, leaveQueue, rearm } from './pool.ts'
import { BUSY, type Call, type Client, type Connection } from './state.ts'
import type { Attempt, UpstreamReceiver, UpstreamRequest } from './types.ts'
import { hasRoom, writeEnd, writePiece } from './write-request.ts'

/** The length of a body that is sent chunked. */
const UNKNOWN = -1

/** One request under way. The methods are shared and use `this`: closures would be made anew for every request. */
export function createCall(client: Client, request: UpstreamRequest, receiver: UpstreamReceiver, nowMs: number): Call {
  return {
    write,
    end,
    pause,
    resume,
    abort,
    attempt,
    client,
    request,
    receiver,
    deadlineMs: nowMs + request.timeoutMs,
    connection: null,
    waitsAt: null,
    waitTimer: null,
    target: -1,
    attempts: 0,
    refusedBy: null,
    isOnlyTimedOut: true,
    isResent: false,
    isOver: false,
    isPaused: false,
    bodyBytes: 0,
    isBodyComplete: false,
    pending: null,
    wantsDrain: false,
  }
}

function write(this: Call, piece: Uint8Array): boolean {
  if (this.isOver || piece.length === 0) return true
  const bytes = streamBytesOf(this)
  this.bodyBytes += piece.length
  if (this.isBodyComplete || (bytes !== UNKNOWN && this.bodyBytes > bytes)) {
    misused(this, "more of a request's body than was announced")
    return true
  }
  const connection = readyConnection(this)
  if (connection === null || this.pending !== null || !writePiece(this.client, connection, this, piece)) {
    this.pending = [...(this.pending ?? []), Buffer.from(piece)]
    this.wantsDrain = true
    return false
  }
  rearm(this.client, connection, this, this.client.wheel.nowMs())
  if (hasRoom(connection)) return true
  this.wantsDrain = true
  return false
}

function end(this: Call): void {
  if (this.isOver || this.isBodyComplete || !isStreamed(this)) return
  const bytes = streamBytesOf(this)
  this.isBodyComplete = true
  if (bytes !== UNKNOWN) {
    if (this.bodyBytes < bytes) misused(this, "less of a request's body than was announced")
    return
  }
  const connection = readyConnection(this)
  if (connection === null || this.pending !== null) return
  writeEnd(connection)
  rearm(this.client, connection, this, this.client.wheel.nowMs())
}

function pause(this: Call): void {
  if (this.isOver || this.isPaused) return
  const connection = readyConnection(this)
  connection?.socket.pause()
  // The pause may last as long as silence may: whoever asked for it may have gone without a word.
  if (connection !== null && connection.hasHead) rearm(this.client, connection, this, this.client.wheel.nowMs())
  this.isPaused = true
}

function resume(this: Call): void {
  if (this.isOver || !this.isPaused) return
  this.isPaused = false
  const connection = readyConnection(this)
  if (connection === null) return
  if (connection.hasHead) rearm(this.client, connection, this, this.client.wheel.nowMs())
  if (hasHeld(connection)) setImmediate(deliverHeld, this.client, connection, this)
  else connection.socket.resume()
}

function abort(this: Call): void {
  if (this.isOver) return
  this.isOver = true
  drop(this)
}

function attempt(this: Call): Attempt {
  return { target: this.target, attempts: this.attempts }
}

function isStreamed({ request: { body } }: Call): boolean {
  return body !== null && !(body instanceof Uint8Array)
}

/** How much of a body may come in pieces. */
function streamBytesOf({ request: { body } }: Call): number {
  return body === null || body instanceof Uint8Array ? 0 : body.bytes
}

function readyConnection({ connection }: Call): Connection | null {
  return connection !== null && connection.phase === BUSY ? connection : null
}

function drop(call: Call): void {
  const { client, connection } = call
  leaveQueue(client, call)
  if (connection !== null && connection.call === call) discard(client, connection)
}

/** A request with another length than its head says would be read as two. */
function misused(call: Call, problem: string): void {
  call.client.onBug(new Error(`upstream "${call.client.settings.name}" got ${problem}`))
  drop(call)
  setImmediate(failCall, call.client, call, 'broken')
}
