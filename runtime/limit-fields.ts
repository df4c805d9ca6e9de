import type { Exchange } from './exchange.ts'
import { limitAt } from './limits/limit-at.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { unitsOf } from './limits/places.ts'

/**
 * The RateLimit-Policy and RateLimit lines of a request whose limits were taken or refused, each ended by CR LF, by how they
 * stood then; "" when nothing limits the request, or nothing that callers may see.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
 */
export function limitFields(exchange: Exchange): string {
  const { caller, route, limitLevels } = exchange
  if (route === null || limitLevels === null) return ''
  const policy = both(caller?.limitSet.policy ?? '', route.row.policy)
  let items = ''
  for (let i = 0, count = 0; count < limitLevels.length; i++) {
    const limit = limitAt(exchange, i)
    if (limit.row.shown) items = both(items, itemOf(exchange, limit, limitLevels[count++] ?? 0))
  }
  return `ratelimit-policy: ${policy}\r\nratelimit: ${items}\r\n`
}

function both(a: string, b: string): string {
  if (a === '') return b
  return b === '' ? a : `${a}, ${b}`
}

function itemOf(exchange: Exchange, limit: LoadedLimit, level: number): string {
  return limit.row.kind === 'rate' ? rateItem(exchange, limit, level) : quotaItem(exchange, limit, level)
}

function rateItem(exchange: Exchange, limit: LoadedLimit, level: number): string {
  const { row, intervalMs, toleranceMs } = limit
  const remaining = Math.max(0, Math.floor(level + toleranceMs / intervalMs))
  if (remaining >= row.burst) return `${limit.item}${row.burst}`
  const asked = exchange.refusedBy === null ? 0 : unitsOf(exchange, limit)
  const wanted = Math.min(row.burst, Math.max(asked, remaining + 1))
  return `${limit.item}${remaining};t=${Math.ceil(((wanted - level) * intervalMs - toleranceMs) / 1000)}`
}

function quotaItem(exchange: Exchange, limit: LoadedLimit, used: number): string {
  const { row, calendar, monthly } = limit
  const remaining = Math.max(0, row.count - used)
  if (used === 0) return `${limit.item}${remaining}`
  return `${limit.item}${remaining};t=${Math.ceil((calendar.endOf(exchange.wallMs, monthly) - exchange.wallMs) / 1000)}`
}
