import type { LinkedApi, LinkedConfig, LinkedSubscription, LinkedTenant } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'

/** Approvals decide something, hold for some time, and answer to somebody's wish. */
export function subscriptionRules({ apis, tenants }: LinkedConfig, report: Report, { atMs }: Given): void {
  for (const tenant of tenants) {
    for (const subscription of tenant.subscriptions) {
      const api = apis[subscription.api]
      if (api === undefined) continue
      if (api.access === 'subscription') checkTimes(subscription, api, atMs, report)
      else reportWithoutEffect(subscription, api, report)
    }
    checkWants(tenant, apis, report)
  }
}

function reportWithoutEffect({ at }: LinkedSubscription, api: LinkedApi, report: Report): void {
  const related = [{ message: 'the api', where: pointTo(api.at, 'access') }]
  report('subscription-without-effect', { key: at }, { api: api.name, access: api.access }, { related })
}

function checkTimes(subscription: LinkedSubscription, api: LinkedApi, atMs: number, report: Report): void {
  const { at, status, sinceMs, untilMs } = subscription
  if (untilMs === null) return
  const where = pointTo(at, 'until')
  if (sinceMs !== null && untilMs <= sinceMs) report('subscription-ends-before-start', where, { api: api.name })
  else if (status === 'approved' && untilMs <= atMs) report('subscription-past', where, { api: api.name })
}

function checkWants(tenant: LinkedTenant, apis: readonly LinkedApi[], report: Report): void {
  if (tenant.include === null) return
  const wanted = new Set(tenant.include.wants.map(({ api }) => api))
  for (const { at, api: position } of tenant.include.wants) {
    const api = apis[position]
    if (api !== undefined && api.access !== 'subscription')
      report('want-without-effect', at, { api: api.name, access: api.access })
  }
  for (const { at, status, api: position } of tenant.subscriptions) {
    const api = apis[position]
    if (api?.access === 'subscription' && status === 'approved' && !wanted.has(position))
      report('approval-not-asked-for', { key: at }, { tenant: tenant.name, api: api.name })
  }
}
