import type { SubscriptionRow } from '../schemas/table.ts'
import type { LoadedClass } from './caller.ts'

/** When a tenant's subscriptions hold, by api: NaN where there is none that is approved. */
export function subscribedTimes(
  apis: number,
  subscriptions: readonly SubscriptionRow[],
): Pick<LoadedClass, 'subscribedFromMs' | 'subscribedUntilMs'> {
  const subscribedFromMs = new Float64Array(apis).fill(NaN)
  const subscribedUntilMs = new Float64Array(apis).fill(NaN)
  for (const { api, approved, fromMs, untilMs } of subscriptions) {
    if (!approved) continue
    subscribedFromMs[api] = fromMs
    subscribedUntilMs[api] = untilMs
  }
  return { subscribedFromMs, subscribedUntilMs }
}
