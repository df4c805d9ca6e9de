import type { CallerFacts, LimitSetRow, SubscriptionRow } from '../schemas/table.ts'
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
  /** What binds and conditions can ask; null where none of them asks. */
  readonly facts: CallerFacts | null
  /** What a verified token says; null for a key. */
  readonly claims: Readonly<Record<string, unknown>> | null
  /** How the caller proved who it is. */
  readonly authentication: Authentication
  /** Which token was presented; null for a key. */
  readonly token: CallerToken | null
  /** What its own counters are found by where it is in no list: four words, else null. */
  readonly counterWords: Int32Array | null
}

/** How strong the proof was, as far as a route may ask (RFC 9470). */
export interface Authentication {
  /** True when a second factor was used, by the identity's `mfa`. */
  readonly mfa: boolean
  /** The token's `acr`, or null. */
  readonly acr: string | null
}

/** A token, for who must tell it from others. The token itself is kept nowhere. */
export interface CallerToken {
  /** The identity's position in the table. */
  readonly identity: number
  readonly issuer: string
  readonly subject: string
  /** SHA-256 of the whole token: 16 characters of two bytes each, the first one low. */
  readonly digest: string
}

/** Of callers that show a secret and nothing else. */
export const ONE_FACTOR: Authentication = { mfa: false, acr: null }

/** What callers with equal grants share. */
export interface LoadedClass {
  /** One bit a route, route 0 right-most in the first word. */
  readonly grants: Uint32Array
  /** By api: when the tenant's subscription begins and ends to hold. NaN where there is none that is approved. */
  readonly subscribedFromMs: Float64Array
  readonly subscribedUntilMs: Float64Array
  readonly subscriptions: readonly SubscriptionRow[]
  /** Of the scopes that some answers show more for, those that it holds. */
  readonly fieldScopes: readonly string[]
}
