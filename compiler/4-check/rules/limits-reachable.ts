import type { Limits } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import { groupByReach } from '../reach.ts'

/** A number that the requests of some keys must stay within. */
interface Bound {
  /** As a person would call it: `the burst of plan "free"`. */
  readonly name: string
  readonly at: Pointer
  readonly units: number
}

/** A request that costs more than a limit ever holds can never pass; a burst needs a rate that it bounds. */
export function limitsReachable(config: LinkedConfig, report: Report): void {
  for (const key of config.keys) {
    if (key.limits === null || key.limits.burst === null || rateOf(key, config) !== null) continue
    report('burst-without-rate', { key: pointTo(key.limits.at, 'burst') }, { id: key.id })
  }
  const costly = config.routes.filter((route) => route.cost > 1)
  if (costly.length === 0) return
  for (const { keys, routes } of groupByReach({ ...config, routes: costly }, { subscribed: 'approved-or-pending' })) {
    const bounds = distinctBounds(keys, config)
    for (const route of routes) {
      for (const bound of bounds) if (route.cost > bound.units) reportBound(route, bound, report)
    }
  }
}

function reportBound(route: LinkedRoute, { name, at, units }: Bound, report: Report): void {
  const params = { route: route.name, cost: String(route.cost), limit: name, units: String(units) }
  report('limit-never-met', pointTo(route.at, 'cost'), params, { related: [{ message: 'the limit', where: at }] })
}

function distinctBounds(keys: readonly LinkedKey[], config: LinkedConfig): Bound[] {
  const bounds = keys.flatMap((key) => {
    const tenant = config.tenants[key.tenant]
    const plan = key.plan === null ? undefined : config.plans[key.plan]
    return [
      ...boundsOf(ownLimits(key, plan?.limits), (limits) =>
        limits === plan?.limits ? `plan "${plan.name}"` : `key "${key.id}"`,
      ),
      ...boundsOf([tenant?.limits ?? null], () => `tenant "${tenant?.name ?? ''}"`),
    ]
  })
  return [...new Map(bounds.map((bound) => [bound.at, bound])).values()]
}

/** A key's own number replaces its plan's of the same name, so each is looked for in the key first. */
function ownLimits(key: LinkedKey, plan: Limits | undefined): readonly (Limits | null)[] {
  return [key.limits, plan ?? null]
}

function boundsOf(sources: readonly (Limits | null)[], ownerOf: (limits: Limits) => string): Bound[] {
  const withRate = sources.find((limits) => limits !== null && limits.rate !== null)
  const withBurst = sources.find((limits) => limits !== null && limits.burst !== null)
  const withQuota = sources.find((limits) => limits !== null && limits.quota !== null)
  const bounds: Bound[] = []
  // A burst of the plan also bounds a key's own rate.
  if (withRate != null && withBurst != null)
    bounds.push(boundOf('burst', withBurst, withBurst.burst ?? 0, ownerOf(withBurst)))
  else if (withRate != null) bounds.push(boundOf('rate', withRate, withRate.rate?.count ?? 0, ownerOf(withRate)))
  if (withQuota != null) bounds.push(boundOf('quota', withQuota, withQuota.quota?.count ?? 0, ownerOf(withQuota)))
  return bounds
}

function boundOf(kind: 'rate' | 'burst' | 'quota', limits: Limits, units: number, owner: string): Bound {
  return { name: `the ${kind} of ${owner}`, at: pointTo(limits.at, kind), units }
}

function rateOf(key: LinkedKey, config: LinkedConfig): Limits['rate'] {
  return key.limits?.rate ?? config.plans[key.plan ?? -1]?.limits.rate ?? null
}
