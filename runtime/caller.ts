import type { LimitSetRow, SubscriptionRow } from '../schemas/table.ts'
import type { LoadedLimit } from './limits/load-limits.ts'

/** Who calls, as all steps behind authentication see it: a key, or whoever else is believed. */
export interface Caller {
  /** As the access log names it. */
  readonly id: string
  /** The key's position in the table, or -1. */
  readonly key: number
  readonly tenant: number
  readonly tenantName: string
  /** The plan's name for the access log, or null. */
  readonly plan: string | null
  readonly class: LoadedClass
  readonly limits: readonly LoadedLimit[]
  readonly limitSet: LimitSetRow
  /** The first rate among its limits, which refusals take from; null when it has none. */
  readonly rate: LoadedLimit | null
  /** Finished header lines that tell the upstream who calls. */
  readonly identity: string
}

/** What callers with equal grants share. */
export interface LoadedClass {
  /** One bit a route, route 0 right-most in the first word. */
  readonly grants: Uint32Array
  /** By api: when the tenant's subscription begins and ends to hold. NaN where there is none that is approved. */
  readonly subscribedFromMs: Float64Array
  readonly subscribedUntilMs: Float64Array
  readonly subscriptions: readonly SubscriptionRow[]
}
