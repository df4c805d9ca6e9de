import { guarded, isOpen, type Answer } from './answer.ts'
import { createTimer } from './timer-wheel.ts'

/** How much and how long a body is read over, so that the answer is not lost by a reset. */
const LINGER_BYTES_MAX = 8 * 1024 * 1024
const LINGER_MS = 1000
/** What the engine may have read already when it is paused. */
const READ_BYTES_MAX = 512 * 1024
/** A body slower than this is given up. */
const SLOW_BODY_BYTES = 16 * 1024
const SLOW_BODY_MS = 10_000
/** The engine drops a connection that brings less than 160 KB in 10 s, unless its timer is set anew. */
const REARM_MS = 1000

/** So much of a body is held before its caller is made to wait. */
const HELD_BYTES_MAX = 64 * 1024

/**
 * Keeps what comes of the body until somebody takes it. In the engine's handler only.
 *
 * @param expected As for `receiveBody`.
 */
export function holdBody(answer: Answer, expected: number): void {
  const held: Uint8Array[] = []
  let bytes = 0
  receiveBody(answer, expected, (piece) => {
    // The engine takes its piece back when this returns.
    held.push(Uint8Array.from(piece))
    bytes += piece.length
    if (bytes >= HELD_BYTES_MAX) pauseBody(answer)
  })
  answer.held = held
}

/**
 * Takes the request's body, piece by piece; a piece is valid until the callback returns. In the engine's handler, or never,
 * unless the body is held: then whenever it is wanted.
 *
 * @param expected What Content-Length says, or -1 for chunks.
 */
export function receiveBody(answer: Answer, expected: number, onPiece: Answer['onPiece']): void {
  answer.expected = expected
  answer.onPiece = onPiece
  if (answer.held !== null) return handOver(answer, answer.held)
  answer.lastArmMs = answer.wheel.nowMs()
  if (onPiece !== null) startBodyTimer(answer, SLOW_BODY_MS)
  answer.response.onData((chunk, isLast) => {
    answer.inHandler = true
    guarded(answer, () => takePiece(answer, new Uint8Array(chunk), isLast))
    answer.inHandler = false
  })
}

/** As one piece, and only once the engine may bring more: whoever takes it may make it wait again. */
function handOver(answer: Answer, held: readonly Uint8Array[]): void {
  answer.held = null
  if (answer.onPiece === null) stopBodyTimer(answer)
  if (!answer.received) resumeBody(answer)
  if (held.length > 0 || answer.received) answer.onPiece?.(Buffer.concat(held), answer.received)
}

export function pauseBody(answer: Answer): void {
  if (answer.paused || answer.received || isAlmostThere(answer) || !isOpen(answer)) return
  answer.paused = true
  answer.response.pause()
}

export function resumeBody(answer: Answer): void {
  if (!answer.paused || !isOpen(answer)) return
  answer.paused = false
  answer.windowBytes = SLOW_BODY_BYTES
  answer.response.resume()
}

/** Were the last piece to come while it is paused, nobody could resume it: that would arm the engine's timer. */
function isAlmostThere({ expected, bytesIn }: Answer): boolean {
  return expected >= 0 && expected - bytesIn <= READ_BYTES_MAX
}

/** Reads the rest of the body over, as far and as long as an answer may wait for it, and then sends that. */
export function linger(answer: Answer, send: () => void): void {
  answer.lingering = send
  answer.lingeringFrom = answer.bytesIn
  startBodyTimer(answer, LINGER_MS)
}

function endLingering(answer: Answer): void {
  const send = answer.lingering
  answer.lingering = null
  stopBodyTimer(answer)
  if (send === null) return
  setImmediate(() => guarded(answer, send))
}

function takePiece(answer: Answer, piece: Uint8Array, isLast: boolean): void {
  answer.bytesIn += piece.length
  answer.windowBytes += piece.length
  if (isLast) {
    answer.received = true
    if (answer.lingering === null) stopBodyTimer(answer)
  } else if (!answer.paused) {
    rearm(answer)
  } else if (isAlmostThere(answer)) {
    // The engine has not heeded the pause.
    resumeBody(answer)
  }
  answer.onPiece?.(piece, isLast)
  if (answer.lingering === null) return
  if (isLast || answer.bytesIn - answer.lingeringFrom > LINGER_BYTES_MAX) endLingering(answer)
}

function startBodyTimer(answer: Answer, delayMs: number): void {
  answer.bodyTimer ??= createTimer(() => guarded(answer, onBodyTimer))
  answer.wheel.arm(answer.bodyTimer, delayMs)
}

export function stopBodyTimer(answer: Answer): void {
  if (answer.bodyTimer !== null) answer.wheel.cancel(answer.bodyTimer)
}

function rearm(answer: Answer): void {
  const nowMs = answer.wheel.nowMs()
  if (nowMs - answer.lastArmMs < REARM_MS || !isOpen(answer)) return
  answer.lastArmMs = nowMs
  answer.response.pause()
  answer.response.resume()
}

function onBodyTimer(answer: Answer): void {
  if (answer.lingering !== null) return endLingering(answer)
  if (answer.received || answer.state === 'ended' || answer.state === 'gone') return
  if (!answer.paused && answer.windowBytes < SLOW_BODY_BYTES) return answer.events.onSlowBody(answer)
  answer.windowBytes = 0
  startBodyTimer(answer, SLOW_BODY_MS)
}
