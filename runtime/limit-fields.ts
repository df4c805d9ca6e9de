import type { Exchange } from './exchange.ts'
import { levelOf, usedOf } from './limits/counters.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { cellOf, cellsOf, unitsOf } from './limits/places.ts'

/**
 * The RateLimit-Policy and RateLimit lines of a request whose limits were taken or refused, each ended by CR LF; "" when
 * nothing limits the request, or nothing that callers may see.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
 */
export function limitFields(exchange: Exchange): string {
  const { caller, route } = exchange
  if (route === null) return ''
  const policy = both(caller?.limitSet.policy ?? '', route.row.policy)
  if (policy === '') return ''
  let items = ''
  for (const limit of caller?.limits ?? []) if (limit.row.shown) items = both(items, itemOf(exchange, limit))
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
  const { row, intervalMs, toleranceMs } = limit
  const level = levelOf(limit, cellsOf(exchange, limit), cellOf(exchange, limit), exchange.startMs)
  const remaining = Math.max(0, Math.floor(level + toleranceMs / intervalMs))
  if (remaining >= row.burst) return `"${row.name}";r=${row.burst}`
  const asked = exchange.refusedBy === null ? 0 : unitsOf(exchange, limit)
  const wanted = Math.min(row.burst, Math.max(asked, remaining + 1))
  return `"${row.name}";r=${remaining};t=${Math.ceil(((wanted - level) * intervalMs - toleranceMs) / 1000)}`
}

function quotaItem(exchange: Exchange, limit: LoadedLimit): string {
  const { row, calendar, monthly } = limit
  const used = usedOf(limit, cellsOf(exchange, limit), cellOf(exchange, limit), exchange.wallMs)
  const remaining = Math.max(0, row.count - used)
  if (used === 0) return `"${row.name}";r=${remaining}`
  return `"${row.name}";r=${remaining};t=${Math.ceil((calendar.endOf(exchange.wallMs, monthly) - exchange.wallMs) / 1000)}`
}
