import type { Limits, RouteLimits } from '../../schemas/config.ts'
import type { LimitKind, LimitRow, LimitSetRow, LimitSubject } from '../../schemas/table.ts'
import type { LinkedConfig, LinkedKey } from '../3-link/linked.ts'
import type { Pointer } from '../diagnostics/report.ts'

const DAY_MS = 86_400_000

export interface LoweredLimits {
  readonly rows: readonly LimitRow[]
  readonly places: readonly Pointer[]
  readonly sets: readonly LimitSetRow[]
  readonly setPlaces: readonly Pointer[]
  /** By the key's position. */
  readonly setOfKey: readonly number[]
  /** By the tenant's position: that of its callers without a key. Empty where there are none. */
  readonly setOfTenant: readonly number[]
  /** By the route's position: those of its api, then its own. */
  readonly ofRoute: readonly (readonly number[])[]
  /** The RateLimit-Policy of some rows. */
  readonly policyOf: (positions: readonly number[]) => string
}

/** What all rows of one `limits` block share. */
interface Block {
  readonly prefix: '' | 'tenant-' | 'api-' | 'route-'
  /** Names the counters: two blocks of one name share them. */
  readonly counter: string
  readonly per: LimitSubject
  readonly weighted: boolean
  readonly shown: boolean
}

/** Turns every limit into a row, and gives keys of one plan and tenant, and without numbers of their own, one set of them. */
export function lowerLimits(config: LinkedConfig): LoweredLimits {
  const rows: LimitRow[] = []
  const places: Pointer[] = []
  const add = (limits: Limits, block: Block): number[] =>
    rowsOf(limits, block).map((row) => {
      places.push(`${limits.at}/${row.kind}`)
      return rows.push(row) - 1
    })

  const ofPlan = config.plans.map((plan) => add(plan.limits, KEY_BLOCK))
  const ofTenant = config.tenants.map(({ name, limits }) => (limits === null ? [] : add(limits, tenantBlock(name))))
  const sets = collectSets(config, (key) => {
    const own = key.limits === null ? (ofPlan[key.plan ?? -1] ?? []) : add(mergeLimits(key, config), KEY_BLOCK)
    return [...own, ...(ofTenant[key.tenant] ?? [])]
  })
  const guests = config.identities.length === 0 ? [] : config.tenants
  const setOfTenant = guests.map(({ at, plan }, tenant) =>
    sets.place([...(ofPlan[plan ?? -1] ?? []), ...(ofTenant[tenant] ?? [])], at),
  )
  const ofApi = config.apis.map(({ name, limits }) =>
    limits === null ? [] : add(limits, routeBlock('api-', `api ${name}`, limits)),
  )
  const ofRoute = config.routes.map((route) => {
    const own =
      route.limits === null
        ? []
        : add(route.limits, routeBlock('route-', `route ${counterOf(config, route)}`, route.limits))
    return [...(ofApi[route.api] ?? []), ...own]
  })
  const policyOf = (positions: readonly number[]): string =>
    positions
      .map((position) => policy(rows[position]))
      .filter(Boolean)
      .join(', ')
  return {
    rows,
    places,
    sets: sets.lists.map((limits) => ({ limits, policy: policyOf(limits) })),
    setPlaces: sets.places,
    setOfKey: sets.ofKey,
    setOfTenant,
    ofRoute,
    policyOf,
  }
}

const KEY_BLOCK: Block = { prefix: '', counter: 'key', per: 'key', weighted: true, shown: true }

function tenantBlock(name: string): Block {
  return { prefix: 'tenant-', counter: `tenant ${name}`, per: 'everyone', weighted: true, shown: false }
}

function routeBlock(prefix: 'api-' | 'route-', counter: string, limits: RouteLimits): Block {
  return { prefix, counter: `${counter} per ${limits.per}`, per: limits.per, weighted: false, shown: true }
}

/** Routes of one path that differ in their `match` have counters of their own. */
function counterOf(config: LinkedConfig, route: LinkedConfig['routes'][number]): string {
  return `${config.apis[route.api]?.name ?? ''} ${route.name}`
}

function rowsOf(limits: Limits, block: Block): LimitRow[] {
  const row = (kind: LimitKind, count: number, burst: number, periodMs: number): LimitRow => ({
    name: block.prefix + kind,
    counter: `${block.counter} ${kind}`,
    kind,
    per: block.per,
    count,
    burst,
    periodMs,
    weighted: block.weighted && kind !== 'concurrency',
    shown: block.shown && kind !== 'concurrency',
  })
  const { rate, burst, quota, concurrency } = limits
  return [
    ...(rate === null ? [] : [row('rate', rate.count, burst ?? rate.count, rate.periodMs)]),
    ...(quota === null ? [] : [row('quota', quota.count, quota.count, quota.window === 'day' ? DAY_MS : 0)]),
    ...(concurrency === null ? [] : [row('concurrency', concurrency, concurrency, 0)]),
  ]
}

/** A key's own number replaces its plan's of the same name. */
export function mergeLimits(key: LinkedKey, config: LinkedConfig): Limits {
  const plan = config.plans[key.plan ?? -1]?.limits
  return {
    at: key.limits === null ? (plan?.at ?? key.at) : key.limits.at,
    rate: key.limits?.rate ?? plan?.rate ?? null,
    burst: key.limits?.burst ?? plan?.burst ?? null,
    quota: key.limits?.quota ?? plan?.quota ?? null,
    concurrency: key.limits?.concurrency ?? plan?.concurrency ?? null,
  }
}

function collectSets(
  config: LinkedConfig,
  limitsOf: (key: LinkedKey) => number[],
): {
  lists: number[][]
  places: Pointer[]
  ofKey: number[]
  /** The position of a set, made if it is not there. */
  place: (limits: number[], at: Pointer) => number
} {
  const positions = new Map<string, number>()
  const lists: number[][] = []
  const places: Pointer[] = []
  const place = (limits: number[], at: Pointer): number => {
    const identity = limits.join(' ')
    const known = positions.get(identity)
    if (known !== undefined) return known
    positions.set(identity, lists.length)
    places.push(at)
    return lists.push(limits) - 1
  }
  const ofKey = config.keys.map((key) => place(limitsOf(key), key.at))
  return { lists, places, ofKey, place }
}

/**
 * One item of the RateLimit-Policy field, or "" for a limit that callers do not see.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-10, section 3: q the quota, w the window in seconds; a calendar month has none.
 */
function policy(row: LimitRow | undefined): string {
  if (row === undefined || !row.shown) return ''
  const window = row.periodMs === 0 ? '' : `;w=${row.periodMs / 1000}`
  return `"${row.name}";q=${row.count}${window}`
}
