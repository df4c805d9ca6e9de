import type { LinkedConfig, LinkedSubscription } from '../../3-link/linked.ts'
import { didYouMean } from '../../diagnostics/did-you-mean.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/** Who decides about subscriptions. A pending one has no answer yet; one that has ended may have outlasted who gave it. */
const DECIDED: ReadonlySet<LinkedSubscription['status']> = new Set(['approved', 'rejected'])

/** Where the gateway says who may approve, each answer is theirs. */
export function approvals({ settings, apis, tenants }: LinkedConfig, report: Report): void {
  const { approvers } = settings
  if (approvers === null) return
  const names = approvers.map(({ name }) => name)
  const related = [{ message: 'who may approve', where: { key: pointTo(settings.at, 'approvers') } }]
  for (const { at, api, status, by } of tenants.flatMap(({ subscriptions }) => subscriptions)) {
    if (!DECIDED.has(status)) continue
    if (by !== null && !names.includes(by.name))
      report('approver-not-entitled', by.at, { name: by.name }, { hint: didYouMean(by.name, names), related })
    if (by === null && status === 'approved')
      report('approval-without-approver', { key: at }, { api: apis[api]?.name ?? '' }, { related })
  }
}
