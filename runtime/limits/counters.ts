import type { LoadedLimit } from './load-limits.ts'
import type { LimitState } from './state.ts'

/** More than can be used in a window; its number stands above that in the same cell. Both fit a double for 170 years of days. */
const WINDOW_UNIT = 2 ** 37

/** The clocks of one request: the one that never jumps for rates, the time of day for calendar windows. Milliseconds. */
export interface Clocks {
  readonly monotonicMs: number
  readonly wallMs: number
}

/**
 * Takes units of a rate by the generic cell rate algorithm: the cell holds the time at which the allowance is full again.
 * Exact over all threads.
 *
 * @param cells Of `state`, or of its address table.
 * @returns Milliseconds until the units would fit; 0 when they were taken.
 * @see ITU-T I.371, annex A; draft-ietf-httpapi-ratelimit-headers for what callers are told of it.
 */
export function takeRate(limit: LoadedLimit, cells: BigInt64Array, at: number, units: number, nowMs: number): number {
  const { state } = limit
  for (;;) {
    const before = Atomics.load(cells, at)
    const fullMs = Math.max(toDouble(state, before), nowMs) + units * limit.intervalMs
    const waitMs = fullMs - nowMs - limit.burstMs
    if (waitMs > limit.toleranceMs) return waitMs - limit.toleranceMs
    if (Atomics.compareExchange(cells, at, before, toBits(state, fullMs)) === before) return 0
  }
}

/** Takes units of a quota: the cell holds the window's number and what was used in it. As `takeRate`. */
export function takeQuota(limit: LoadedLimit, cells: BigInt64Array, at: number, units: number, wallMs: number): number {
  const { state, monthly, row, calendar } = limit
  const window = calendar.windowOf(wallMs, monthly)
  for (;;) {
    const before = Atomics.load(cells, at)
    const used = usedIn(window, toDouble(state, before)) + units
    if (used > row.count) return calendar.endOf(wallMs, monthly) - wallMs
    if (Atomics.compareExchange(cells, at, before, toBits(state, window * WINDOW_UNIT + used)) === before) return 0
  }
}

/** Gives back units of a rate. */
export function giveBackRate(limit: LoadedLimit, cells: BigInt64Array, at: number, units: number): void {
  const { state } = limit
  for (;;) {
    const before = Atomics.load(cells, at)
    const fullMs = toDouble(state, before) - units * limit.intervalMs
    if (Atomics.compareExchange(cells, at, before, toBits(state, fullMs)) === before) return
  }
}

/** Gives back units of a quota; when the window has changed meanwhile, they are gone with it. */
export function giveBackQuota(
  limit: LoadedLimit,
  cells: BigInt64Array,
  at: number,
  units: number,
  wallMs: number,
): void {
  const { state } = limit
  const window = limit.calendar.windowOf(wallMs, limit.monthly)
  for (;;) {
    const before = Atomics.load(cells, at)
    const used = usedIn(window, toDouble(state, before))
    if (used < units) return
    if (Atomics.compareExchange(cells, at, before, toBits(state, window * WINDOW_UNIT + used - units)) === before)
      return
  }
}

/**
 * Units of a rate that would pass now, with the part of the next one that has come back. At most the burst; below 0 where a
 * larger burst was used than there is now.
 */
export function levelOf(limit: LoadedLimit, cells: BigInt64Array, at: number, nowMs: number): number {
  const aheadMs = Math.max(0, toDouble(limit.state, Atomics.load(cells, at)) - nowMs)
  return (limit.burstMs - aheadMs) / limit.intervalMs
}

/** Units of a quota that are used. */
export function usedOf(limit: LoadedLimit, cells: BigInt64Array, at: number, wallMs: number): number {
  return usedIn(limit.calendar.windowOf(wallMs, limit.monthly), toDouble(limit.state, Atomics.load(cells, at)))
}

function usedIn(window: number, cell: number): number {
  return Math.floor(cell / WINDOW_UNIT) === window ? cell % WINDOW_UNIT : 0
}

function toDouble({ bits, double }: LimitState, cell: bigint): number {
  bits[0] = cell
  return double[0] ?? 0
}

function toBits({ bits, double }: LimitState, value: number): bigint {
  double[0] = value
  return bits[0] ?? 0n
}
