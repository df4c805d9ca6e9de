import type { Limits } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'
import { mergeLimits } from '../../5-lower/limits.ts'
import type { DemoKey } from './demo-keys.ts'

/** More would be a load test, not something to try by hand. */
const ATTEMPTS_MAX = 60
/** Units that come back faster than this could let a loop of requests never end in a refusal. */
const UNIT_MS_MIN = 500

/** A call of a route; without a key where none is needed. */
export interface DemoCall {
  readonly route: LinkedRoute
  readonly demo: DemoKey | null
}

export interface DemoChoices {
  /** The key may. */
  readonly allowed: DemoCall | null
  /** The key lacks a scope, and nothing else. */
  readonly lacking: DemoCall | null
  /** The last of so many attempts is more than the rate lets through. */
  readonly limited: (DemoCall & { readonly attempts: number }) | null
}

/**
 * Picks calls that show a gateway at work, from routes that need nothing but a path. What the config has no route or key for
 * is null.
 *
 * @param nowMs Keys and subscriptions must hold then.
 */
export function chooseDemo(config: LinkedConfig, demoKeys: readonly DemoKey[], nowMs: number): DemoChoices {
  const routes = config.routes.filter((route) => isPlain(route, config))
  const demos = demoKeys.filter(({ key }) => isActive(key, nowMs))
  const calls = routes
    .filter((route) => config.apis[route.api]?.access !== 'public')
    .flatMap((route) => demos.map((demo) => ({ route, demo })))
    .filter(({ route, demo }) => isSubscribed(demo.key, route, config, nowMs))
  const allowed = calls.filter(({ route, demo }) => holdsScopes(demo.key, route))
  const lacking = calls.filter(({ route, demo }) => !holdsScopes(demo.key, route))
  // One route shows both best.
  const contrast = lacking.find(({ route }) => allowed.some((call) => call.route === route)) ?? lacking[0]
  const open = routes.filter((route) => config.apis[route.api]?.access === 'public')
  return {
    allowed: allowed.find(({ route }) => route === contrast?.route) ?? allowed[0] ?? null,
    lacking: contrast ?? null,
    limited: soonestLimited(config, [...allowed, ...open.map((route) => ({ route, demo: null }))]),
  }
}

/** A GET that needs nothing but a path. */
function isPlain(route: LinkedRoute, config: LinkedConfig): boolean {
  const lifecycle = config.apis[route.api]?.lifecycle
  return (
    (lifecycle === 'published' || lifecycle === 'deprecated') &&
    route.methods.includes('GET') &&
    route.match === null &&
    route.body === null &&
    !(route.query ?? []).some(({ required }) => required) &&
    route.auth.some(({ name }) => name === 'key')
  )
}

function isActive(key: LinkedKey, nowMs: number): boolean {
  const isInTime = (key.notBeforeMs ?? 0) <= nowMs && nowMs < (key.expiresMs ?? Infinity)
  return isInTime && (key.suspendedMs ?? Infinity) > nowMs && key.allowIps === null
}

function isSubscribed(key: LinkedKey, route: LinkedRoute, config: LinkedConfig, nowMs: number): boolean {
  if (config.apis[route.api]?.access !== 'subscription') return true
  const subscriptions = config.tenants[key.tenant]?.subscriptions ?? []
  return subscriptions.some(
    ({ api, status, sinceMs, untilMs }) =>
      api === route.api && status === 'approved' && (sinceMs ?? 0) <= nowMs && nowMs < (untilMs ?? Infinity),
  )
}

function holdsScopes(key: LinkedKey, route: LinkedRoute): boolean {
  return route.scopes.length > 0 && route.scopes.every((scope) => key.scopes.includes(scope))
}

/** The call that the fewest attempts bring to its limit. */
function soonestLimited(config: LinkedConfig, calls: readonly DemoCall[]): DemoChoices['limited'] {
  const limited = calls.flatMap((call) =>
    limitsOf(config, call).flatMap(({ limits, cost }) => {
      const { rate, burst } = limits
      if (rate === null || rate.periodMs / rate.count < UNIT_MS_MIN) return []
      const attempts = Math.floor((burst ?? rate.count) / cost) + 1
      return attempts > ATTEMPTS_MAX ? [] : [{ ...call, attempts }]
    }),
  )
  return limited.sort((a, b) => a.attempts - b.attempts)[0] ?? null
}

function limitsOf(config: LinkedConfig, { route, demo }: DemoCall): { limits: Limits; cost: number }[] {
  const own = [config.apis[route.api]?.limits ?? null, route.limits]
  return [
    ...own.flatMap((limits) => (limits === null ? [] : [{ limits, cost: 1 }])),
    ...(demo === null ? [] : [{ limits: mergeLimits(demo.key, config), cost: route.cost }]),
  ]
}
