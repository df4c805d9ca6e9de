import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { Timer, TimerWheel } from '../timer-wheel.ts'
import type { ParseHead } from './parse-head.ts'
import type { Answer } from './read-answer.ts'
import type { UpstreamCall, UpstreamReceiver, UpstreamRequest, UpstreamSettings } from './types.ts'

/** All that one upstream's client is made of. */
export interface Client {
  readonly settings: UpstreamSettings
  readonly wheel: TimerWheel
  readonly targets: readonly Target[]
  readonly buffers: UpstreamBuffers
  readonly parseHead: ParseHead
  readonly events: ConnectionEvents
  readonly onBug: (error: unknown) => void
  /** Null when no target has https. */
  readonly secureContext: SecureContext | null
  isRetired: boolean
}

/** Memory that all clients of a thread share. */
export interface UpstreamBuffers {
  /** Every read of every connection lands here, and is dealt with before the next. */
  readonly read: Buffer
  /** Requests are put together here. Replaced when a socket keeps it. */
  write: Buffer
}

export interface Target {
  readonly position: number
  /** As in the settings. */
  readonly url: string
  readonly weight: number
  readonly isSecure: boolean
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  /** The URL's path without its last slash. */
  readonly path: string
  /** What follows the request's path: the version and the Host field. */
  readonly afterPath: string
  /** Connections that wait for a request, the last used one last. */
  readonly idle: Connection[]
  /** Calls that wait for a connection, the oldest first. There are none while fewer connections are open than may be. */
  readonly queue: Set<Call>
  /** Connections: idle, busy, and those that are being opened. */
  open: number
  failures: number
  /** Of the weighted round. */
  credit: number
  /** 0 while the target accepts connections, else how long it is passed over. */
  penaltyMs: number
  penaltySinceMs: number
  penaltyUntilMs: number
  /** Of the last TLS connection, to open the next one with less work. */
  session: Buffer | undefined
}

export interface Connection {
  readonly target: Target
  readonly socket: Socket
  readonly timer: Timer
  readonly answer: Answer
  /** For writes whose end must be known. */
  readonly onFlushed: (error?: Error | null) => void
  readonly openedMs: number
  phase: number
  call: Call | null
  /** Answers that it brought whole. */
  served: number
  /** The request's head while it has not been written. */
  unsentHead: string | null
  /** True when a byte of the request may have reached the upstream. */
  hasWritten: boolean
  /** True when the whole request has been handed to the kernel. */
  isSent: boolean
  /** True when the answer's head has been handed on. */
  hasHead: boolean
  /** What came while the caller had reading paused. */
  readonly held: Buffer[]
  /** What became of the connection behind what is held. */
  heldEnd: number
}

export const STILL_OPEN = 0
export const ENDED = 1
export const BROKE = 2

export const CONNECTING = 0
export const IDLE = 1
export const BUSY = 2
export const DEAD = 3

/** What happens to a connection. Nothing is told of a dead one. */
export interface ConnectionEvents {
  readonly onConnect: (connection: Connection) => void
  /** @param bytes Valid until the call returns; may be changed. */
  readonly onData: (connection: Connection, bytes: Buffer, length: number) => void
  readonly onEnd: (connection: Connection) => void
  readonly onLost: (connection: Connection) => void
  readonly onDrain: (connection: Connection) => void
  readonly onFlushed: (connection: Connection) => void
  readonly onDue: (connection: Connection) => void
}

export interface Call extends UpstreamCall {
  readonly client: Client
  readonly request: UpstreamRequest
  readonly receiver: UpstreamReceiver
  readonly deadlineMs: number
  /** Where it is sent, is being sent, or was sent last; null before. */
  connection: Connection | null
  /** Where it waits for a connection. */
  waitsAt: Target | null
  /** Ends the wait; made when it first waits. */
  waitTimer: Timer | null
  /** Position of the last target. */
  target: number
  attempts: number
  /** Positions of targets that refused it; null while none did. */
  refusedBy: number[] | null
  /** True while every refusal was one by time. */
  isOnlyTimedOut: boolean
  /** True when it was sent again after its connection turned out to be dead. */
  isResent: boolean
  isOver: boolean
  isPaused: boolean
  /** Bytes of the body that the caller has given so far, or for a large whole body: those that were written. */
  bodyBytes: number
  isBodyComplete: boolean
  /** Pieces that came before there was a connection. */
  pending: Buffer[] | null
  wantsDrain: boolean
}
