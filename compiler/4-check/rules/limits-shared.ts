import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'

const PLACES_SHOWN_MAX = 3

/** Counters in memory are exact on one machine; several gateways would count each for itself. */
export function limitsShared(config: LinkedConfig, report: Report): void {
  const { instances, at } = config.settings
  const places = limitPlaces(config)
  if (instances <= 1 || places.length === 0) return
  const related = places
    .slice(0, PLACES_SHOWN_MAX)
    .map((where) => ({ message: 'counted by each instance for itself', where: { key: where } }))
  const hint = 'Run one instance; a store that several share ("store: redis") is not honoured by this version yet.'
  report('limits-not-shared', pointTo(at, 'instances'), { instances: String(instances) }, { hint, related })
}

function limitPlaces({ plans, tenants, keys, apis, routes }: LinkedConfig): Pointer[] {
  const limits = [...plans, ...apis, ...routes, ...tenants, ...keys].map((owner) => owner.limits)
  return limits.filter((limit) => limit !== null).map(({ at }) => at)
}
