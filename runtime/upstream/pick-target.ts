import type { Call, Client, Target } from './state.ts'

/** The smaller, the better. */
const READY = 0
/** Its connections are all busy, and there is room to wait. */
const CROWDED = 1
/** It refused a connection a short while ago. */
const PENALIZED = 2
const PENALIZED_CROWDED = 3
const FULL = 4

const PENALTY_MS_MIN = 1000
const PENALTY_MS_MAX = 10_000

/**
 * Chooses where a call goes, each target at most once: among those in the best state in turn, as often as their weights
 * say, spread evenly (smooth weighted round-robin).
 *
 * @returns Null when no target is left, or none that has room.
 */
export function pickTarget(client: Client, call: Call, nowMs: number): Target | null {
  let best = FULL
  for (const target of client.targets) {
    if (!isRefused(call, target)) best = Math.min(best, stateOf(client, target, nowMs))
  }
  if (best === FULL) return null

  let picked: Target | null = null
  let weights = 0
  for (const target of client.targets) {
    if (isRefused(call, target) || stateOf(client, target, nowMs) !== best) continue
    target.credit += target.weight
    weights += target.weight
    if (picked === null || target.credit > picked.credit) picked = target
  }
  if (picked === null) return null
  picked.credit -= weights
  // One request tries whether the target is back; until it is known, the others go on passing it over.
  if (picked.penaltyMs > 0) picked.penaltyUntilMs = nowMs + picked.penaltyMs
  return picked
}

/** True when a target is left that has not refused the call. */
export function hasTargetLeft(client: Client, call: Call): boolean {
  return client.targets.some((target) => !isRefused(call, target))
}

/** True when another target than this one can take what waits here. */
export function hasReadyOther(client: Client, target: Target, nowMs: number): boolean {
  return client.targets.some((other) => other !== target && stateOf(client, other, nowMs) <= CROWDED)
}

/**
 * The target refused a connection: it is passed over for a while, which grows while it goes on refusing.
 *
 * @param openedMs When the connection was tried. One of several that were tried at once counts.
 */
export function penalize(target: Target, openedMs: number, nowMs: number): void {
  if (openedMs <= target.penaltySinceMs) return
  target.penaltyMs = Math.min(Math.max(target.penaltyMs * 2, PENALTY_MS_MIN), PENALTY_MS_MAX)
  target.penaltySinceMs = nowMs
  target.penaltyUntilMs = nowMs + target.penaltyMs
}

/** The target accepted a connection. */
export function forgive(target: Target): void {
  target.penaltyMs = 0
  target.penaltyUntilMs = -Infinity
}

function isRefused(call: Call, target: Target): boolean {
  return call.refusedBy !== null && call.refusedBy.includes(target.position)
}

function stateOf(client: Client, target: Target, nowMs: number): number {
  const { connections, queue } = client.settings
  const isPenalized = target.penaltyUntilMs > nowMs
  if (target.idle.length > 0 || target.open < connections) return isPenalized ? PENALIZED : READY
  if (target.queue.size < queue) return isPenalized ? PENALIZED_CROWDED : CROWDED
  return FULL
}
