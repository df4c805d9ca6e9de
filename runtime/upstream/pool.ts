import { createTimer } from '../timer-wheel.ts'
import { openConnection } from './open-connection.ts'
import { forgive, hasReadyOther, hasTargetLeft, penalize, pickTarget } from './pick-target.ts'
import { expectAnswer } from './read-answer.ts'
import { BUSY, DEAD, IDLE, type Call, type Client, type Connection, type Target } from './state.ts'
import type { UpstreamFault } from './types.ts'
import { writeRequest } from './write-request.ts'

/** Servers commonly close an idle connection after 5 s; a request that meets the closing is lost, so we are first. */
const IDLE_MS = 4000
const SECOND_MS = 1000

/** Sends a call to a target that has not refused it. No callback runs inside. */
export function dispatch(client: Client, call: Call, nowMs: number): void {
  const target = pickTarget(client, call, nowMs)
  if (target === null) {
    const fault = hasTargetLeft(client, call) ? 'overloaded' : 'unreachable'
    setImmediate(failCall, client, call, fault)
    return
  }
  const idle = target.idle.pop()
  if (idle !== undefined) begin(client, idle, call, nowMs)
  else if (target.open < client.settings.connections) open(client, target, call, nowMs)
  else wait(client, target, call, nowMs)
}

/** Opens a connection of its own for a call. */
export function open(client: Client, target: Target, call: Call, nowMs: number): void {
  target.open++
  const connection = openConnection(client, target, call, nowMs)
  assign(connection, call)
  client.wheel.armAt(connection.timer, Math.min(nowMs + client.settings.connectMs, call.deadlineMs))
}

/** A connection that was being opened is open. */
export function accepted(client: Client, connection: Connection, call: Call): void {
  forgive(connection.target)
  transmit(client, connection, call, client.wheel.nowMs())
}

/** A target did not accept a connection: the call goes to the next one, and so do those that wait. */
export function refused(client: Client, connection: Connection, { isTimeout }: { isTimeout: boolean }): void {
  const { call, target } = connection
  const nowMs = client.wheel.nowMs()
  target.failures++
  target.session = undefined
  penalize(target, connection.openedMs, nowMs)
  bury(client, connection)
  if (call !== null) tryNext(client, call, target, { isTimeout, nowMs })
  if (hasReadyOther(client, target, nowMs)) for (const waiting of [...target.queue]) redirect(client, waiting, nowMs)
  serveQueue(client, target, nowMs)
}

/** A connection is free again: for whoever waits longest, or for later. */
export function release(client: Client, connection: Connection): void {
  const { target, answer } = connection
  const nowMs = client.wheel.nowMs()
  const [next] = target.queue
  connection.served++
  if (next !== undefined) {
    leaveQueue(client, next)
    begin(client, connection, next, nowMs)
  } else if (client.isRetired) {
    bury(client, connection)
  } else {
    connection.phase = IDLE
    target.idle.push(connection)
    client.wheel.armAt(connection.timer, nowMs + idleMsOf(answer.framing.keepAliveMs))
  }
}

/** Ends a connection. Whoever waits gets another one. */
export function discard(client: Client, connection: Connection): void {
  bury(client, connection)
  if (connection.target.queue.size > 0) serveQueue(client, connection.target, client.wheel.nowMs())
}

/** Ends a connection, and leaves its place free. */
export function bury(client: Client, connection: Connection): void {
  const { target } = connection
  if (connection.phase === DEAD) return
  if (connection.phase === IDLE) target.idle.splice(target.idle.indexOf(connection), 1)
  connection.phase = DEAD
  connection.call = null
  connection.held.length = 0
  target.open--
  client.wheel.cancel(connection.timer)
  connection.socket.destroy()
}

/** Takes a call out of the queue that it waits in. */
export function leaveQueue(client: Client, call: Call): void {
  call.waitsAt?.queue.delete(call)
  call.waitsAt = null
  if (call.waitTimer !== null) client.wheel.cancel(call.waitTimer)
}

/** Tells a call's receiver that nothing more comes. */
export function failCall(client: Client, call: Call, fault: UpstreamFault): void {
  if (call.isOver) return
  call.isOver = true
  try {
    call.receiver.onFault(fault)
  } catch (error) {
    client.onBug(error)
  }
}

/** Sets the time by which something must move, or the answer's head must be there. A pause has a time of its own. */
export function rearm(client: Client, connection: Connection, call: Call, nowMs: number): void {
  const { responseMs, idleMs } = client.settings
  if (connection.hasHead) {
    if (!call.isPaused) client.wheel.armAt(connection.timer, nowMs + idleMs)
    return
  }
  const dueMs = nowMs + (connection.isSent ? responseMs : idleMs)
  client.wheel.armAt(connection.timer, Math.min(dueMs, call.deadlineMs))
}

function begin(client: Client, connection: Connection, call: Call, nowMs: number): void {
  assign(connection, call)
  transmit(client, connection, call, nowMs)
}

function assign(connection: Connection, call: Call): void {
  connection.call = call
  call.connection = connection
  call.target = connection.target.position
  call.attempts++
}

function transmit(client: Client, connection: Connection, call: Call, nowMs: number): void {
  connection.phase = BUSY
  connection.hasHead = false
  expectAnswer(connection.answer, call.request.method)
  writeRequest(client, connection, call)
  rearm(client, connection, call, nowMs)
  if (call.isPaused) connection.socket.pause()
  // It gave pieces before there was a connection, and may wait for a word.
  if (call.wantsDrain) setImmediate(client.events.onDrain, connection)
}

function wait(client: Client, target: Target, call: Call, nowMs: number): void {
  target.queue.add(call)
  call.waitsAt = target
  call.connection = null
  call.target = -1
  if (call.deadlineMs === Infinity) return
  call.waitTimer ??= createTimer(() => {
    leaveQueue(client, call)
    failCall(client, call, 'timeout')
  })
  client.wheel.armAt(call.waitTimer, Math.max(call.deadlineMs, nowMs))
}

function tryNext(
  client: Client,
  call: Call,
  target: Target,
  { isTimeout, nowMs }: { isTimeout: boolean; nowMs: number },
): void {
  call.connection = null
  call.refusedBy = [...(call.refusedBy ?? []), target.position]
  call.isOnlyTimedOut &&= isTimeout
  if (nowMs >= call.deadlineMs) failCall(client, call, 'timeout')
  else if (hasTargetLeft(client, call)) dispatch(client, call, nowMs)
  else failCall(client, call, call.isOnlyTimedOut ? 'timeout' : 'unreachable')
}

function redirect(client: Client, call: Call, nowMs: number): void {
  leaveQueue(client, call)
  dispatch(client, call, nowMs)
}

/** Opens connections for those that wait, as many as there may be. */
function serveQueue(client: Client, target: Target, nowMs: number): void {
  for (const call of target.queue) {
    if (target.open >= client.settings.connections) return
    leaveQueue(client, call)
    open(client, target, call, nowMs)
  }
}

function idleMsOf(keepAliveMs: number): number {
  if (keepAliveMs === Infinity) return IDLE_MS
  return Math.min(IDLE_MS, Math.max(keepAliveMs - SECOND_MS, keepAliveMs / 2))
}
