import type { LinkedApi, LinkedConfig, LinkedSubscription, LinkedTenant } from '../../3-link/linked.ts'
import type { Pointer } from '../../diagnostics/report.ts'
import { compareNames } from '../compare-names.ts'
import { instantText } from '../instant-text.ts'

/** What a subscription is worth at one time. Only "approved" opens anything. */
export type SubscriptionState = 'asked' | 'pending' | 'upcoming' | 'approved' | 'rejected' | 'ended'

export interface ListedSubscription {
  readonly tenant: string
  readonly api: string
  readonly state: SubscriptionState
  /** As written, or null for a wish that has no line yet. */
  readonly status: LinkedSubscription['status'] | null
  readonly by: string | null
  readonly since: string | null
  readonly until: string | null
  readonly ref: string | null
  readonly at: Pointer
}

/** States in which somebody waits for an answer. */
export const WAITING: ReadonlySet<SubscriptionState> = new Set(['asked', 'pending'])

/** Every subscription, and what tenants' own files ask for that has no answer yet, by tenant and api. */
export function listSubscriptions({ tenants, apis }: LinkedConfig, atMs: number): ListedSubscription[] {
  return tenants
    .flatMap((tenant) => [
      ...tenant.subscriptions.map((subscription) => written(tenant, subscription, apis, atMs)),
      ...unanswered(tenant, apis),
    ])
    .sort((a, b) => compareNames(a.tenant, b.tenant) || compareNames(a.api, b.api))
}

function written(
  tenant: LinkedTenant,
  subscription: LinkedSubscription,
  apis: readonly LinkedApi[],
  atMs: number,
): ListedSubscription {
  const { at, api, status, by, sinceMs, untilMs, ref } = subscription
  return {
    tenant: tenant.name,
    api: apis[api]?.name ?? '',
    state: stateOf(subscription, atMs),
    status,
    by: by?.name ?? null,
    since: sinceMs === null ? null : instantText(sinceMs),
    until: untilMs === null ? null : instantText(untilMs),
    ref,
    at,
  }
}

function stateOf({ status, sinceMs, untilMs }: LinkedSubscription, atMs: number): SubscriptionState {
  if (status !== 'approved') return status
  if (untilMs !== null && atMs >= untilMs) return 'ended'
  return sinceMs !== null && atMs < sinceMs ? 'upcoming' : 'approved'
}

/** A wish for an api that asks for no subscription waits for nothing; `check` warns of it. */
function unanswered({ name, include, subscriptions }: LinkedTenant, apis: readonly LinkedApi[]): ListedSubscription[] {
  const answered = new Set(subscriptions.map(({ api }) => api))
  return (include?.wants ?? [])
    .filter(({ api }) => !answered.has(api) && apis[api]?.access === 'subscription')
    .map(({ at, api }) => ({
      tenant: name,
      api: apis[api]?.name ?? '',
      state: 'asked',
      status: null,
      by: null,
      since: null,
      until: null,
      ref: null,
      at,
    }))
}
