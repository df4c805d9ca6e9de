import type { Exchange } from './exchange.ts'
import { levelOf, usedOf } from './limits/counters.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { cellOf, cellsOf, unitsOf } from './limits/places.ts'

/** What rounding may take from a whole unit. */
const UNIT_TOLERANCE = 0.001

/**
 * The RateLimit-Policy and RateLimit lines of a request whose limits were taken or refused, each ended by CR LF; "" when nothing limits the request, or nothing
 * that callers may see.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
 */
export function limitFields(exchange: Exchange): string {
  const { key, route } = exchange
  if (route === null) return ''
  const policy = both(key?.limitSet.policy ?? '', route.row.policy)
  if (policy === '') return ''
  let items = ''
  for (const limit of key?.limits ?? []) if (limit.row.shown) items = both(items, itemOf(exchange, limit))
  for (const limit of route.limits) if (limit.row.shown) items = both(items, itemOf(exchange, limit))
  return `ratelimit-policy: ${policy}\r\nratelimit: ${items}\r\n`
}

function both(a: string, b: string): string {
  if (a === '') return b
  return b === '' ? a : `${a}, ${b}`
}

function itemOf(exchange: Exchange, limit: LoadedLimit): string {
  return limit.row.kind === 'rate' ? rateItem(exchange, limit) : quotaItem(exchange, limit)
}

function rateItem(exchange: Exchange, limit: LoadedLimit): string {
  const level = levelOf(limit, cellsOf(limit), cellOf(exchange, limit), exchange.startMs)
  const remaining = Math.floor(level + UNIT_TOLERANCE)
  if (remaining >= limit.row.burst) return `"${limit.row.name}";r=${limit.row.burst}`
  const wanted = exchange.refusedBy === null ? remaining + 1 : Math.max(unitsOf(exchange, limit), remaining + 1)
  return `"${limit.row.name}";r=${remaining};t=${Math.ceil(((wanted - level) * limit.intervalMs) / 1000)}`
}

function quotaItem(exchange: Exchange, limit: LoadedLimit): string {
  const used = usedOf(limit, cellsOf(limit), cellOf(exchange, limit), exchange.wallMs)
  const remaining = limit.row.count - used
  if (used === 0) return `"${limit.row.name}";r=${remaining}`
  const endMs = limit.calendar.endOf(exchange.wallMs, limit.monthly)
  return `"${limit.row.name}";r=${remaining};t=${Math.ceil((endMs - exchange.wallMs) / 1000)}`
}
