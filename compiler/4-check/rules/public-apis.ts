import type { RouteLimits } from '../../../schemas/config.ts'
import type { LinkedApi, LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { writtenAt } from '../written.ts'

/** What says who may call; a public api asks nobody who they are. */
const OF_API = ['auth', 'bind', 'fields/withScope'] as const
const OF_ROUTE = ['scope', 'scopes', 'auth', 'bind', 'fields/withScope', 'requires', 'cost'] as const

/** A public api has no caller to know: it needs limits that count without one, and nothing that asks for one. */
export function publicApis({ apis, routes }: LinkedConfig, report: Report, given: Given): void {
  for (const [position, api] of apis.entries()) {
    if (api.access !== 'public') continue
    const own = routes.filter((route) => route.api === position)
    const places = [
      ...OF_API.map((key) => pointTo(api.at, ...key.split('/'))),
      ...own.flatMap(({ at }) => OF_ROUTE.map((key) => pointTo(at, ...key.split('/')))),
    ]
    for (const where of places) {
      if (writtenAt(given.raw, where) === undefined) continue
      report('public-asks-nobody', { key: where }, { api: api.name, key: where.slice(where.lastIndexOf('/') + 1) })
    }
    for (const limits of [api.limits, ...own.map((route) => route.limits)]) reportUncounted(api, limits, report)
    if (api.limits === null && own.some((route) => route.limits === null)) {
      const hint = 'Write, for example: limits: { rate: 60/min, per: address }'
      report('public-api-without-limit', { key: api.at }, { api: api.name }, { hint })
    }
  }
}

function reportUncounted(api: LinkedApi, limits: RouteLimits | null, report: Report): void {
  if (limits === null || (limits.per !== 'key' && limits.per !== 'tenant')) return
  const hint = 'Write "per: address" or "per: everyone" beside it; left out, it is "per: key".'
  report('limit-counts-nobody', { key: limits.at }, { api: api.name, per: limits.per }, { hint })
}
