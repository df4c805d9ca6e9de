import { answerPreflight } from './answer-preflight.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { checkDeclaredBody } from './check-declared-body.ts'
import { checkLifecycle } from './check-lifecycle.ts'
import { chooseRoute } from './choose-route.ts'
import type { Exchange } from './exchange.ts'
import { checkLockout, countFailure } from './lockout/lockout.ts'
import { takeLimits } from './take-limits.ts'

/**
 * Decides what becomes of a request that was read: who calls, whether they may, and whether their limits allow it. Touches
 * no socket. What it finds stands in the exchange: a refusal, a preflight's answer, or a route and the limits taken for it.
 */
export function decide(exchange: Exchange): void {
  if (exchange.refusal !== null) return
  const unrouted = chooseRoute(exchange)
  const body = checkDeclaredBody(exchange, unrouted === null ? exchange.route : null)
  exchange.refusal = body ?? unrouted ?? checkLifecycle(exchange)
  if (exchange.refusal !== null) return
  if (exchange.preflight) {
    exchange.refusal = answerPreflight(exchange)
    return
  }
  decideCaller(exchange)
}

/**
 * The part of a decision that is about who calls. Where somebody outside must be asked first, it stops and leaves `lookup`
 * in the exchange: it is to be called again when that has answered.
 */
export function decideCaller(exchange: Exchange): void {
  exchange.lookup = null
  exchange.refusal = checkLockout(exchange) ?? countFailure(exchange, authenticate(exchange))
  if (exchange.lookup !== null || exchange.refusal !== null) return
  exchange.refusal = authorize(exchange) ?? takeLimits(exchange)
}
