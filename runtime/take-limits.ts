import type { Exchange } from './exchange.ts'
import { giveBackQuota, giveBackRate, levelOf, takeQuota, takeRate } from './limits/counters.ts'
import { enter, enterAddress, leave, leaveAddress } from './limits/in-flight.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { limitFields } from './limit-fields.ts'
import { cellOf, cellsOf, unitsOf } from './limits/places.ts'
import type { LimitKind } from '../schemas/table.ts'
import { refuse, type Refusal, type RefusalCode } from './refusals.ts'

const CODES: Readonly<Record<LimitKind, RefusalCode>> = {
  rate: 'rate-exceeded',
  quota: 'quota-exceeded',
  concurrency: 'concurrency-exceeded',
}
/** Nobody knows when a request in flight ends. */
const CONCURRENCY_WAIT_MS = 1000
const NONE: readonly LoadedLimit[] = []

/** One limit that refused, and how long until it would not. */
interface Violation {
  readonly limit: LoadedLimit
  readonly waitMs: number
}

/**
 * Takes all limits of a request together, or none: in a fixed order, and what was taken is given back when a later one
 * refuses. The one with the longest wait gives the code.
 */
export function takeLimits(exchange: Exchange): Refusal | null {
  const ofKey = exchange.key?.limits ?? NONE
  const ofRoute = exchange.route?.limits ?? NONE
  let violations: Violation[] | null = null
  for (const limit of ofKey) violations = takeOne(exchange, limit, violations)
  for (const limit of ofRoute) violations = takeOne(exchange, limit, violations)
  if (violations !== null) giveBack(exchange)
  const refusal = violations === null ? null : refuseFor(exchange, violations)
  exchange.limitLines = limitFields(exchange)
  return refusal
}

/** Takes one unit of the key's rate, if there is one left. */
export function takePenalty(exchange: Exchange): void {
  const { key, startMs } = exchange
  const limit = key?.rate ?? null
  if (limit !== null) takeRate(limit, cellsOf(limit), cellOf(exchange, limit), 1, startMs)
}

/** Ends the count of what a request had in flight. Rates and quotas stay taken. */
export function leaveLimits(exchange: Exchange): void {
  const { taken, takenAt } = exchange
  for (const [i, limit] of taken.entries()) {
    if (limit.row.kind !== 'concurrency') continue
    if (limit.row.per === 'address') leaveAddress(limit, exchange.address.counterWords, exchange.startMs)
    else leave(limit, takenAt[i] ?? 0)
  }
  taken.length = 0
}

function takeOne(exchange: Exchange, limit: LoadedLimit, violations: Violation[] | null): Violation[] | null {
  const waitMs = tryTake(exchange, limit)
  if (waitMs === 0) return violations
  const violation = { limit, waitMs }
  if (violations === null) return [violation]
  violations.push(violation)
  return violations
}

function tryTake(exchange: Exchange, limit: LoadedLimit): number {
  const { row } = limit
  if (row.kind === 'concurrency') return tryEnter(exchange, limit) ? 0 : CONCURRENCY_WAIT_MS
  const units = unitsOf(exchange, limit)
  if (units > row.burst) return Infinity
  const cell = cellOf(exchange, limit)
  const waitMs =
    row.kind === 'rate'
      ? takeRate(limit, cellsOf(limit), cell, units, exchange.startMs)
      : takeQuota(limit, cellsOf(limit), cell, units, exchange.wallMs)
  if (waitMs > 0) return waitMs
  if (row.per === 'address') limit.state.addresses.fullAtMs[cell] = fullAgainMs(exchange, limit, cell)
  keep(exchange, limit, cell)
  return 0
}

/** When an address's allowance is full again: until then its entry is worth keeping. */
function fullAgainMs({ startMs, wallMs }: Exchange, limit: LoadedLimit, entry: number): number {
  if (limit.row.kind === 'quota') return startMs + limit.calendar.endOf(wallMs, limit.monthly) - wallMs
  return startMs + limit.burstMs - levelOf(limit, limit.state.addresses.cells, entry, startMs) * limit.intervalMs
}

function tryEnter(exchange: Exchange, limit: LoadedLimit): boolean {
  if (limit.row.per === 'address') {
    if (!enterAddress(limit, exchange.address.counterWords, exchange.startMs)) return false
    keep(exchange, limit, 0)
    return true
  }
  const cell = cellOf(exchange, limit)
  if (!enter(limit, cell)) return false
  keep(exchange, limit, cell)
  return true
}

function keep(exchange: Exchange, limit: LoadedLimit, cell: number): void {
  exchange.taken.push(limit)
  exchange.takenAt.push(cell)
}

function giveBack(exchange: Exchange): void {
  const { taken, takenAt, wallMs } = exchange
  for (let i = taken.length - 1; i >= 0; i--) {
    const limit = taken[i]
    if (limit === undefined) continue
    const units = unitsOf(exchange, limit)
    if (limit.row.kind === 'rate') giveBackRate(limit, cellsOf(limit), takenAt[i] ?? 0, units)
    else if (limit.row.kind === 'quota') giveBackQuota(limit, cellsOf(limit), takenAt[i] ?? 0, units, wallMs)
  }
  leaveLimits(exchange)
}

function refuseFor(exchange: Exchange, violations: readonly Violation[]): Refusal {
  const longest = violations.reduce((a, b) => (b.waitMs > a.waitMs ? b : a))
  exchange.refusedBy = longest.limit.row.name
  exchange.limitedBy = longest.limit.position
  const policies = violations.map(({ limit }) => limit.row.name)
  if (longest.waitMs === Infinity) {
    return refuse('too-large-for-limit', { members: { 'violated-policies': policies } })
  }
  const retryAfter = Math.ceil(longest.waitMs / 1000)
  return refuse(CODES[longest.limit.row.kind], {
    headers: `retry-after: ${retryAfter}\r\n`,
    members: { 'violated-policies': policies, retryAfter },
  })
}
