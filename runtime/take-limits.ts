import type { Exchange } from './exchange.ts'
import { giveBackQuota, giveBackRate, levelOf, takeQuota, takeRate } from './limits/counters.ts'
import { enter, enterWords, leave, leaveWords } from './limits/in-flight.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { limitAt, limitCount } from './limits/limit-at.ts'
import { limitLevels } from './limit-levels.ts'
import { cellOf, cellsOf, unitsOf, wordsOf } from './limits/places.ts'
import type { LimitKind } from '../schemas/table.ts'
import { refuse, type Refusal, type RefusalCode } from './refusals.ts'

const CODES: Readonly<Record<LimitKind, RefusalCode>> = {
  rate: 'rate-exceeded',
  quota: 'quota-exceeded',
  concurrency: 'concurrency-exceeded',
}
/** Nobody knows when a request in flight ends. */
const CONCURRENCY_WAIT_MS = 1000

/** One limit that refused, and how long until it would not. */
interface Violation {
  readonly limit: LoadedLimit
  readonly waitMs: number
}

/**
 * Takes all limits of a request together, or none: in a fixed order, and what was taken is given back when one of them
 * refuses. The one with the longest wait gives the code.
 */
export function takeLimits(exchange: Exchange): Refusal | null {
  let violations: Violation[] | null = null
  const count = limitCount(exchange)
  for (let i = 0; i < count; i++) {
    const limit = limitAt(exchange, i)
    const waitMs = tryTake(exchange, limit)
    if (waitMs === 0) exchange.takenLimits |= 1 << i
    else violations = [...(violations ?? []), { limit, waitMs }]
  }
  if (violations !== null) giveBack(exchange)
  const refusal = violations === null ? null : refuseFor(exchange, violations)
  exchange.limitLevels = limitLevels(exchange)
  return refusal
}

/** Takes one unit of the caller's rate, if there is one left. */
export function takePenalty(exchange: Exchange): void {
  const { caller, startMs } = exchange
  const limit = caller?.rate ?? null
  if (limit !== null) takeRate(limit, cellsOf(exchange, limit), cellOf(exchange, limit), 1, startMs)
}

/** Ends the count of what a request had in flight. Rates and quotas stay taken. */
export function leaveLimits(exchange: Exchange): void {
  if (exchange.takenLimits === 0) return
  const count = limitCount(exchange)
  for (let i = 0; i < count; i++) {
    const limit = limitAt(exchange, i)
    if (limit.row.kind !== 'concurrency' || !isTaken(exchange, i)) continue
    const words = wordsOf(exchange, limit)
    if (words === null) leave(limit, cellOf(exchange, limit))
    else leaveWords(limit, words, exchange.startMs)
  }
  exchange.takenLimits = 0
}

function isTaken({ takenLimits }: Exchange, i: number): boolean {
  return (takenLimits & (1 << i)) !== 0
}

function tryTake(exchange: Exchange, limit: LoadedLimit): number {
  const { row } = limit
  if (row.kind === 'concurrency') return tryEnter(exchange, limit) ? 0 : CONCURRENCY_WAIT_MS
  const units = unitsOf(exchange, limit)
  if (units > row.burst) return Infinity
  const cell = cellOf(exchange, limit)
  const waitMs =
    row.kind === 'rate'
      ? takeRate(limit, cellsOf(exchange, limit), cell, units, exchange.startMs)
      : takeQuota(limit, cellsOf(exchange, limit), cell, units, exchange.wallMs)
  if (waitMs > 0) return waitMs
  if (wordsOf(exchange, limit) !== null) limit.state.addresses.fullAtMs[cell] = fullAgainMs(exchange, limit, cell)
  return 0
}

/** When the allowance of an entry in the shared table is full again: until then it is worth keeping. */
function fullAgainMs({ startMs, wallMs }: Exchange, limit: LoadedLimit, entry: number): number {
  if (limit.row.kind === 'quota') return startMs + limit.calendar.endOf(wallMs, limit.monthly) - wallMs
  return startMs + limit.burstMs - levelOf(limit, limit.state.addresses.cells, entry, startMs) * limit.intervalMs
}

function tryEnter(exchange: Exchange, limit: LoadedLimit): boolean {
  const words = wordsOf(exchange, limit)
  return words === null ? enter(limit, cellOf(exchange, limit)) : enterWords(limit, words, exchange.startMs)
}

function giveBack(exchange: Exchange): void {
  for (let i = limitCount(exchange) - 1; i >= 0; i--) {
    if (!isTaken(exchange, i)) continue
    const limit = limitAt(exchange, i)
    const units = unitsOf(exchange, limit)
    if (limit.row.kind === 'rate') giveBackRate(limit, cellsOf(exchange, limit), cellOf(exchange, limit), units)
    else if (limit.row.kind === 'quota')
      giveBackQuota(limit, cellsOf(exchange, limit), cellOf(exchange, limit), units, exchange.wallMs)
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
