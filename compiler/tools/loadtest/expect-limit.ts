import type { LimitRow } from '../../../schemas/table.ts'

const DAY_MS = 86_400_000

/** When requests were sent and answered, by one clock that never jumps. Milliseconds. */
export interface Window {
  readonly firstSentMs: number
  readonly firstReceivedMs: number
  /** Of the last answer that was a refusal by a limit: at that moment there was nothing left. */
  readonly lastRefusedSentMs: number
  readonly lastReceivedMs: number
}

/** How many requests may pass: at least, if more are offered without a pause, and at most. */
export type Expected = readonly [min: number, max: number]

/**
 * What a rate lets through in a window, by the generic cell rate algorithm: a full burst, and what came back meanwhile. Each
 * request was looked at somewhere between being sent and being answered, hence two bounds. The lower one ends with the last
 * refusal: whatever came back after it may not have been asked for.
 *
 * @param cost Units that each request takes.
 * @see ITU-T I.371, annex A.
 */
export function expectRate({ burst, count, periodMs }: LimitRow, cost: number, window: Window): Expected {
  const fit = (elapsedMs: number): number => Math.floor((burst + (Math.max(0, elapsedMs) * count) / periodMs) / cost)
  return [fit(window.lastRefusedSentMs - window.firstReceivedMs), fit(window.lastReceivedMs - window.firstSentMs)]
}

/** @param windows Calendar windows that the requests fell into, by the wall clock: seldom more than one. */
export function expectQuota({ count }: LimitRow, cost: number, windows: number): Expected {
  const fit = Math.floor(count / cost)
  return [fit, fit * windows]
}

/** Calendar windows, in UTC, that a stretch of time touches: days, or months where the period is 0. */
export function windowsBetween({ periodMs }: LimitRow, fromMs: number, toMs: number): number {
  if (periodMs > 0) return Math.floor(toMs / DAY_MS) - Math.floor(fromMs / DAY_MS) + 1
  const [from, to] = [new Date(fromMs), new Date(toMs)]
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth() + 1
}

/**
 * Whether what passed is what was to be expected: never more than the most, and, where some were refused, not less than the
 * least. Where none was refused the limit was not reached, and all must have passed.
 */
export function holds(allowed: number, refused: number, [min, max]: Expected): boolean {
  return allowed <= max && (refused === 0 || allowed >= min)
}
