import type { LinkedConfig, LinkedKey, LinkedRoute } from '../3-link/linked.ts'

/** Keys that may call the same routes. */
export interface ReachGroup {
  readonly keys: readonly LinkedKey[]
  readonly routes: readonly LinkedRoute[]
}

export interface ReachOptions {
  /** Which subscriptions open an api that asks for one. */
  readonly subscribed: 'approved' | 'approved-or-pending'
  /** Subscriptions that end until then open nothing. Milliseconds since 1970 UTC; left out, all count. */
  readonly atMs?: number
}

/** Puts keys with the same scopes and tenant together, each group with the routes that are not public and open to it. */
export function groupByReach(config: LinkedConfig, options: ReachOptions): ReachGroup[] {
  const groups = new Map<string, LinkedKey[]>()
  for (const key of config.keys) {
    const identity = `${key.tenant} ${key.scopes.join(' ')}`
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, [key])
    else group.push(key)
  }
  return [...groups.values()].map((keys) => ({ keys, routes: routesOf(keys[0], config, options) }))
}

function routesOf(
  key: LinkedKey | undefined,
  { apis, routes, tenants }: LinkedConfig,
  { subscribed, atMs }: ReachOptions,
): LinkedRoute[] {
  const held = new Set(key?.scopes)
  const open = new Set(
    (tenants[key?.tenant ?? -1]?.subscriptions ?? [])
      .filter(({ status }) => status === 'approved' || (status === 'pending' && subscribed === 'approved-or-pending'))
      .filter(({ untilMs }) => atMs === undefined || untilMs === null || untilMs > atMs)
      .map(({ api }) => api),
  )
  return routes.filter(({ api, scopes, takesKeys }) => {
    if (!takesKeys) return false
    const access = apis[api]?.access
    if (scopes.length === 0 || !scopes.every((scope) => held.has(scope))) return false
    return access === 'authenticated' || (access === 'subscription' && open.has(api))
  })
}
