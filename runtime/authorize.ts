import { bindsHold } from './check-binds.ts'
import type { Exchange } from './exchange.ts'
import type { Caller, LoadedClass } from './caller.ts'
import { checkCondition } from './check-condition.ts'
import type { LoadedRoute } from './load-table.ts'
import { takePenalty } from './take-limits.ts'
import { refuse, type Refusal } from './refusals.ts'

const BITS_PER_WORD_LOG2 = 5
const BIT_IN_WORD_MASK = 31

/** Says whether the caller may call the route. A refusal costs one unit of its rate, so that nobody can probe without limit. */
export function authorize(exchange: Exchange): Refusal | null {
  const { route, caller, wallMs } = exchange
  if (route === null) return null
  const ungranted = caller === null ? null : (checkGrant(route, caller, wallMs) ?? checkObject(exchange, route))
  const refusal = ungranted ?? checkCondition(exchange, route) ?? checkStrength(caller, route)
  if (refusal !== null) takePenalty(exchange)
  return refusal
}

/** Of somebody else's object nothing is said that would not be said of none. */
function checkObject(exchange: Exchange, { binds }: LoadedRoute): Refusal | null {
  return binds === null || bindsHold(exchange, binds) ? null : refuse('no-route')
}

function checkGrant(route: LoadedRoute, caller: Caller, wallMs: number): Refusal | null {
  if (route.needsSubscription) {
    const refusal = checkSubscription(route, caller.class, wallMs)
    if (refusal !== null) return refusal
  }
  return isGranted(caller.class, route.position) ? null : refuseScope(route)
}

/** True when the class may call the route. Both must come from one table. */
function isGranted({ grants }: LoadedClass, route: number): boolean {
  const word = grants[route >>> BITS_PER_WORD_LOG2] ?? 0
  return ((word >>> (route & BIT_IN_WORD_MASK)) & 1) === 1
}

function checkSubscription({ row }: LoadedRoute, held: LoadedClass, wallMs: number): Refusal | null {
  const fromMs = held.subscribedFromMs[row.api] ?? NaN
  const untilMs = held.subscribedUntilMs[row.api] ?? NaN
  // NaN, for no approved subscription, is not before and not after anything.
  if (wallMs >= fromMs && wallMs < untilMs) return null
  const asked = held.subscriptions.some(({ api }) => api === row.api)
  return refuse(asked ? 'subscription-not-approved' : 'subscription-missing')
}

/** @see RFC 9470: the way to a stronger proof is told, whoever asks. */
function checkStrength(caller: Caller | null, { row: { requires } }: LoadedRoute): Refusal | null {
  if (requires === null || caller === null) return null
  const { mfa, acr } = caller.authentication
  const isStrong = (!requires.mfa || mfa) && (requires.acr.length === 0 || (acr !== null && requires.acr.includes(acr)))
  return isStrong ? null : refuse('stronger-authentication-required', { headers: requires.challenge })
}

/** @see RFC 6750, section 3.1. */
function refuseScope({ row }: LoadedRoute): Refusal {
  const scope = row.scopes.join(' ')
  return refuse('insufficient-scope', {
    headers: `www-authenticate: Bearer error="insufficient_scope", scope="${scope}"\r\n`,
    members: { requiredScopes: row.scopes },
  })
}
