import type { EngineResponse } from './engine/types.ts'
import type { Exchange } from './exchange.ts'
import type { Timer, TimerWheel } from './timer-wheel.ts'

/**
 * The one owner of an engine's response: every call on it is made here. The engine corrupts answers, stalls or kills the
 * process when its calls come in another order than these.
 */
export interface Answer {
  readonly response: EngineResponse
  readonly exchange: Exchange
  readonly events: AnswerEvents
  readonly wheel: TimerWheel
  /** `open` until the head is written; `streaming` until the body is complete; after that the response must not be touched. */
  state: 'open' | 'streaming' | 'ended' | 'gone'
  /** True while the engine reads this request and what follows it: an answer that closes the connection does not, then. */
  inHandler: boolean
  /** The body's length, or -1 for chunks. */
  total: number
  /** What the socket did not take yet, copied, in order. */
  readonly backlog: Uint8Array[]
  /** True from a write that the socket did not take whole until one that it does. */
  congested: boolean
  ending: boolean
  /** True once the head said that the connection closes, and the engine does not know. */
  closing: boolean
  bytesOut: number

  /** The request's body: how much is announced (-1: chunks), how much came, and who takes it. */
  expected: number
  bytesIn: number
  received: boolean
  paused: boolean
  onPiece: ((piece: Uint8Array, isLast: boolean) => void) | null
  /** What came of it before anybody took it, copied; null when it is not held. */
  held: Uint8Array[] | null
  lastArmMs: number
  windowBytes: number
  bodyTimer: Timer | null
  /** What is sent once the rest of a body was read over. */
  lingering: (() => void) | null
  /** So much of the body had come when that began. */
  lingeringFrom: number
  /** Where it stands among the answers of its thread that are under way. */
  livePlace: number
}

/** What others must know. One object for all answers of a thread. */
export interface AnswerEvents {
  /** The whole answer was handed over. */
  readonly onEnd: (answer: Answer) => void
  /** The caller went away before that; nothing can be sent. */
  readonly onGone: (answer: Answer) => void
  /** The socket takes more of the body. */
  readonly onRoom: (answer: Answer) => void
  /** The request's body comes too slowly. */
  readonly onSlowBody: (answer: Answer) => void
  /** One of the callbacks threw. */
  readonly onBug: (answer: Answer, error: unknown) => void
}

/** What is sent ahead of a body. */
export interface AnswerHead {
  readonly status: number
  /** Finished header lines, each ended by CR LF, one character a byte. Without Content-Length, Date and Connection. */
  readonly lines: string
  /** True when they hold nothing above ASCII. */
  readonly isAscii: boolean
  /** The connection is closed behind the answer. */
  readonly close: boolean
}

/** True as long as something can still be sent. */
export function isOpen(answer: Answer): boolean {
  return answer.state === 'open' || answer.state === 'streaming'
}

/** Runs a callback of the engine; what it throws is a bug that costs this request and nothing else. */
export function guarded(answer: Answer, callback: (answer: Answer) => void): void {
  try {
    callback(answer)
  } catch (error) {
    answer.events.onBug(answer, error)
  }
}
