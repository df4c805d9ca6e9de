import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'

/** Who may call a route: keys by position, -1 for nobody. */
export interface RouteCallers {
  readonly keys: readonly number[]
  /** Why there are none, in the reader's words. */
  readonly reason: string
}

export interface Undriven {
  readonly name: string
  readonly reason: string
}

export const NOBODY = -1
/** Callers of one route, of different limits each: more prove no more. */
const KEYS_MAX = 24

/**
 * Finds for each route keys that its scopes, subscription and time let in; of those that meet the same limits one will do, but
 * of one tenant a few, because they share its limits.
 *
 * @param setOfKey Which limits a key meets, by its position.
 */
export function chooseCallers(
  config: LinkedConfig,
  setOfKey: (key: number) => number,
  nowMs: number,
): readonly RouteCallers[] {
  const used = new Map<number, number>()
  const active = config.keys.flatMap((key, position) => (whyIdle(key, nowMs) === null ? [position] : []))
  return config.routes.map((route) => {
    const api = config.apis[route.api]
    const lifecycle = api?.lifecycle ?? 'draft'
    if (lifecycle !== 'published' && lifecycle !== 'deprecated') return { keys: [], reason: `its api is ${lifecycle}` }
    if (api?.access === 'public') return { keys: [NOBODY], reason: '' }
    if (!route.takesKeys) {
      const names = route.identities.map((identity) => config.identities[identity]?.name ?? '').join(', ')
      return { keys: [], reason: `no key opens it, only what ${names} vouches for` }
    }
    if (route.requires !== null) return { keys: [], reason: 'it asks for a stronger authentication than a key' }
    const scoped = active.filter((key) => holdsScopes(config.keys[key], route))
    if (scoped.length === 0) return { keys: [], reason: 'no key that is driven holds its scopes' }
    const subscribed = scoped.filter((key) => isSubscribed(config, config.keys[key], route, nowMs))
    if (subscribed.length === 0) return { keys: [], reason: "no key's tenant has an approved subscription" }
    const keys = pick(subscribed, config, setOfKey, used)
    for (const key of keys) used.set(key, (used.get(key) ?? 0) + 1)
    return { keys, reason: '' }
  })
}

/** The keys that no request is made with, and why. */
export function undrivenKeys(config: LinkedConfig, nowMs: number): Undriven[] {
  return config.keys.flatMap((key) => {
    const reason = whyIdle(key, nowMs)
    return reason === null ? [] : [{ name: nameOfKey(config, key), reason }]
  })
}

export function nameOfKey({ tenants }: LinkedConfig, key: LinkedKey): string {
  return `${tenants[key.tenant]?.name ?? ''}/${key.id}`
}

function whyIdle(key: LinkedKey, nowMs: number): string | null {
  if (key.signing !== null) return 'it signs its requests'
  if ((key.suspendedMs ?? Infinity) <= nowMs) return 'it is suspended'
  if ((key.expiresMs ?? Infinity) <= nowMs) return 'it has expired'
  if ((key.notBeforeMs ?? 0) > nowMs) return 'it is not valid yet'
  return null
}

function holdsScopes(key: LinkedKey | undefined, route: LinkedRoute): boolean {
  return key !== undefined && route.scopes.every((scope) => key.scopes.includes(scope))
}

function isSubscribed(
  { apis, tenants }: LinkedConfig,
  key: LinkedKey | undefined,
  route: LinkedRoute,
  nowMs: number,
): boolean {
  if (apis[route.api]?.access !== 'subscription') return true
  return (tenants[key?.tenant ?? -1]?.subscriptions ?? []).some(
    ({ api, status, sinceMs, untilMs }) =>
      api === route.api && status === 'approved' && (sinceMs ?? 0) <= nowMs && nowMs < (untilMs ?? Infinity),
  )
}

/** Those first that fewer routes have had before: over all routes as many as may be get their turn. */
function pick(
  keys: readonly number[],
  { keys: all }: LinkedConfig,
  setOfKey: (key: number) => number,
  used: ReadonlyMap<number, number>,
): number[] {
  const met = new Map<string, number>()
  const groups: number[] = []
  for (const key of keys) {
    const group = `${setOfKey(key)} ${all[key]?.tenant}`
    const known = met.get(group) ?? 0
    if (known >= SHARERS_MAX) continue
    met.set(group, known + 1)
    groups.push(key)
  }
  return groups.sort((a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0)).slice(0, KEYS_MAX)
}

/** Keys of one tenant and plan: what they share is drawn on by all of them. */
const SHARERS_MAX = 3
