import type { LinkedApi, LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'

/** What callers are told of an api's end must be told, in order, and lead somewhere. */
export function lifecycleRules({ apis }: LinkedConfig, report: Report, { atMs }: Given): void {
  for (const api of apis) {
    checkDeprecation(api, atMs, report)
    checkSuccessor(api, apis, report)
  }
}

/** In these, callers are told that the api is deprecated. A pause may come and go meanwhile. */
const TELLS_OF_DEPRECATION = new Set(['deprecated', 'retired', 'paused'])

function checkDeprecation({ at, name, lifecycle, deprecation }: LinkedApi, atMs: number, report: Report): void {
  if (deprecation === null) {
    const hint = 'Write, for example: deprecation: { since: 2027-01-31 }'
    if (lifecycle === 'deprecated') report('deprecation-missing', pointTo(at, 'lifecycle'), { api: name }, { hint })
    return
  }
  if (!TELLS_OF_DEPRECATION.has(lifecycle))
    report('deprecation-without-effect', { key: deprecation.at }, { api: name, lifecycle })
  const { sinceMs, sunsetMs } = deprecation
  if (sunsetMs === null) return
  const where = pointTo(deprecation.at, 'sunset')
  if (sunsetMs < sinceMs) report('sunset-out-of-order', where, { api: name })
  else if (sunsetMs <= atMs && lifecycle === 'deprecated') report('sunset-past', where, { api: name })
}

const LEADS_NOWHERE = new Set(['draft', 'deprecated', 'retired'])

function checkSuccessor(api: LinkedApi, apis: readonly LinkedApi[], report: Report): void {
  const successor = apis[api.successor ?? -1]
  if (api.deprecation === null || successor === undefined) return
  const where = pointTo(api.deprecation.at, 'successor')
  if (leadsBack(api, apis)) report('successor-loop', where, { api: api.name })
  else if (LEADS_NOWHERE.has(successor.lifecycle)) {
    const params = { api: api.name, successor: successor.name, lifecycle: successor.lifecycle }
    const related = [{ message: 'the successor', where: pointTo(successor.at, 'lifecycle') }]
    report('successor-out-of-order', where, params, { related })
  }
}

function leadsBack(api: LinkedApi, apis: readonly LinkedApi[]): boolean {
  const seen = new Set<LinkedApi>()
  for (let next = apis[api.successor ?? -1]; next !== undefined && !seen.has(next);) {
    if (next === api) return true
    seen.add(next)
    next = apis[next.successor ?? -1]
  }
  return false
}
