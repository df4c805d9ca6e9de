import type { LinkedConfig } from '../../3-link/linked.ts'
import { limitsOf, subjectOf, type LimitTable } from './choose-probes.ts'
import { expectQuota, expectRate, windowsBetween } from './expect-limit.ts'
import type { Call } from './find-calls.ts'
import type { LimitResult } from './report.ts'
import type { Rig } from './rig.ts'

/** Of a large config some, of all kinds: each connection goes through all of them in turn. */
const CALLS_MAX = 200

export interface TogetherOptions {
  readonly table: LimitTable
  readonly calls: readonly Call[]
  readonly ms: number
  readonly connections: number
}

/** By a limit's position: of the one whose counter came nearest to its end, what passed and what might have. Units. */
export type TogetherResults = ReadonlyMap<number, NonNullable<LimitResult['together']>>

/**
 * Asks all routes for all callers at once while every limit holds as it is written, and counts for each counter what passed. A
 * request may be refused by any of its limits, so that there is no least for one of them, but a most there is.
 */
export async function probeTogether(
  config: LinkedConfig,
  rig: Rig,
  { table, calls: all, ms, connections }: TogetherOptions,
): Promise<TogetherResults> {
  const calls = all.slice(0, CALLS_MAX)
  if (calls.length === 0 || table.limits.length === 0) return new Map()
  await rig.keep('all')
  const fromMs = Date.now()
  const outcome = await rig.load({
    requests: calls.map(({ request }) => request),
    connections,
    until: { ms },
    countsEach: true,
  })
  const passed = countByCounter(config, table, calls, outcome.passedOfEach)
  const results = new Map<number, NonNullable<LimitResult['together']>>()
  for (const [limit, row] of table.limits.entries()) {
    const units = Math.max(-1, ...(passed.get(limit)?.values() ?? []))
    if (units < 0 || row.kind === 'concurrency') continue
    const [, most] =
      row.kind === 'rate' ? expectRate(row, 1, outcome) : expectQuota(row, 1, windowsBetween(row, fromMs, Date.now()))
    results.set(limit, { allowed: units, most, holds: units <= most })
  }
  return results
}

/** By limit and by whose counter it is: the units that passed. */
function countByCounter(
  config: LinkedConfig,
  table: LimitTable,
  calls: readonly Call[],
  passedOfEach: readonly number[],
): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const counts = new Map<number, Map<string, number>>()
  for (const [i, call] of calls.entries()) {
    for (const limit of limitsOf(table, call)) {
      const row = table.limits[limit]
      if (row === undefined) continue
      const subject = subjectOf(config, row, call)
      const units = (passedOfEach[i] ?? 0) * (row.weighted ? (table.routes[call.route]?.cost ?? 1) : 1)
      const counters = counts.get(limit) ?? new Map<string, number>()
      counters.set(subject, (counters.get(subject) ?? 0) + units)
      counts.set(limit, counters)
    }
  }
  return counts
}
