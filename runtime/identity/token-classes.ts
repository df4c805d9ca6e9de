import type { GatewayTable, RouteRow, SubscriptionRow } from '../../schemas/table.ts'
import type { LoadedClass } from '../caller.ts'
import { subscribedTimes } from '../subscribed-times.ts'
import { createRecentMap } from './recent-map.ts'

/** Makes the class of a caller that is in no list: of its tenant and of the scopes that it holds. */
export type ClassOf = (tenant: number, scopes: readonly number[]) => LoadedClass

/** Who signs tokens decides how many sets of scopes there are; few, mostly. */
const CLASSES_MAX = 4096
const WORD_BITS = 32
const NO_SUBSCRIPTIONS: readonly SubscriptionRow[] = []

/** Equal callers share a class, as equal keys do. What the compiler folds into the grants of keys is folded here. */
export function createTokenClasses(table: GatewayTable): ClassOf {
  const known = createRecentMap<LoadedClass>(CLASSES_MAX)
  return (tenant, scopes) => {
    const name = `${tenant} ${scopes.join(' ')}`
    const made = known.get(name)
    if (made !== undefined) return made
    const fresh = makeClass(table, tenant, scopes)
    known.set(name, fresh)
    return fresh
  }
}

function makeClass(table: GatewayTable, tenant: number, scopes: readonly number[]): LoadedClass {
  const subscriptions = table.guests[tenant]?.subscriptions ?? NO_SUBSCRIPTIONS
  const held = new Set(scopes.map((scope) => table.scopes[scope] ?? ''))
  const subscribed = new Set(subscriptions.filter(({ approved }) => approved).map(({ api }) => api))
  const grants = new Uint32Array(table.wordsPerClass)
  for (const [position, route] of table.routes.entries()) {
    const word = Math.floor(position / WORD_BITS)
    if (isGranted(route, held, subscribed)) grants[word] = (grants[word] ?? 0) | (1 << (position % WORD_BITS))
  }
  return {
    grants,
    ...subscribedTimes(table.apis.length, subscriptions),
    subscriptions,
    fieldScopes: [...held].filter((scope) => table.fields.some(({ scopes: shown }) => shown.includes(scope))),
  }
}

function isGranted(route: RouteRow, held: ReadonlySet<string>, subscribed: ReadonlySet<number>): boolean {
  if (route.access === 'public') return true
  if (route.scopes.length === 0 || !route.scopes.every((scope) => held.has(scope))) return false
  return route.access === 'authenticated' || subscribed.has(route.api)
}
