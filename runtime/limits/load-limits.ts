import type { GatewayTable, LimitRow } from '../../schemas/table.ts'
import { createCalendar, type Calendar } from './calendar.ts'
import type { LimitState } from './state.ts'

/** A limit with what is computed from its row once. */
export interface LoadedLimit {
  readonly row: LimitRow
  readonly position: number
  /** Rates only: how long one unit takes to come back. */
  readonly intervalMs: number
  /** Rates only: how far ahead of the clock a full burst is. */
  readonly burstMs: number
  /** Rates only: what rounding may add. */
  readonly toleranceMs: number
  /** Quotas only: a calendar month, else a day. */
  readonly monthly: boolean
  /** The first cell of each page of its counters. */
  readonly pages: readonly number[]
  /** Tells counters by address apart; above 0. Rates and quotas use it below 0, counts of what is in flight above. */
  readonly number: number
  /** What callers are told of it begins with this, and the number that is left follows. */
  readonly item: string
  readonly calendar: Calendar
  readonly state: LimitState
}

/** After a year doubles of milliseconds are still exact to a few nanoseconds: what is more than this is time. */
const ROUNDING_MS = 0.001
const ROUNDING_UNITS = 0.001

export function loadLimits(table: Pick<GatewayTable, 'limits'>, state: LimitState): LoadedLimit[] {
  const calendar = createCalendar()
  return table.limits.map((row, position): LoadedLimit => {
    const intervalMs = row.kind === 'rate' ? row.periodMs / row.count : 0
    return {
      row,
      position,
      intervalMs,
      burstMs: intervalMs * row.burst,
      toleranceMs: Math.min(intervalMs * ROUNDING_UNITS, ROUNDING_MS),
      monthly: row.periodMs === 0,
      pages: state.plan.pages[row.counter] ?? [],
      number: (state.plan.numbers[row.counter] ?? 0) + 1,
      item: `"${row.name}";r=`,
      calendar,
      state,
    }
  })
}
