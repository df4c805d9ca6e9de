import type { Exchange } from './exchange.ts'
import type { LoadedKey, LoadedRoute, LoadedTable } from './load-table.ts'
import { takePenalty } from './take-limits.ts'
import { refuse, type Refusal } from './refusals.ts'

const BITS_PER_WORD_LOG2 = 5
const BIT_IN_WORD_MASK = 31

/** Says whether the key may call the route. A refusal costs one unit of the key's rate, so that nobody can probe without limit. */
export function authorize(exchange: Exchange): Refusal | null {
  const { table, route, key, wallMs } = exchange
  if (route === null || key === null) return null
  const refusal = checkGrant(table, route, key, wallMs)
  if (refusal !== null) takePenalty(exchange)
  return refusal
}

function checkGrant(table: LoadedTable, route: LoadedRoute, key: LoadedKey, wallMs: number): Refusal | null {
  if (route.needsSubscription) {
    const refusal = checkSubscription(table, route, key, wallMs)
    if (refusal !== null) return refusal
  }
  return isGranted(table, key.row.class, route.position) ? null : refuseScope(route)
}

/** True when the class may call the route. Both positions must come from this table. */
function isGranted({ table }: LoadedTable, position: number, route: number): boolean {
  const word = table.grants[position * table.wordsPerClass + (route >>> BITS_PER_WORD_LOG2)] ?? 0
  return ((word >>> (route & BIT_IN_WORD_MASK)) & 1) === 1
}

function checkSubscription(table: LoadedTable, route: LoadedRoute, key: LoadedKey, wallMs: number): Refusal | null {
  const at = key.row.class * table.apiCount + route.row.api
  const fromMs = table.subscribedFromMs[at] ?? NaN
  const untilMs = table.subscribedUntilMs[at] ?? NaN
  // NaN, for no approved subscription, is not before and not after anything.
  if (wallMs >= fromMs && wallMs < untilMs) return null
  const asked = key.class.subscriptions.some(({ api }) => api === route.row.api)
  return refuse(asked ? 'subscription-not-approved' : 'subscription-missing')
}

/** @see RFC 6750, section 3.1. */
function refuseScope({ row }: LoadedRoute): Refusal {
  const scope = row.scopes.join(' ')
  return refuse('insufficient-scope', {
    headers: `www-authenticate: Bearer error="insufficient_scope", scope="${scope}"\r\n`,
    members: { requiredScopes: row.scopes },
  })
}
