import type { Key, Subscription } from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import { normalizeLimits } from './normalize-limits.ts'
import { addressRanges } from './normalize-settings.ts'
import { normalizeSigning } from './normalize-signing.ts'
import type { RawKey, RawMap, RawSubscription } from './raw.ts'
import { mapMembers, references } from './shapes.ts'
import { instantOf } from './units.ts'

const DIGEST_PREFIX = 'sha256:'

export function normalizeKey(at: Pointer, id: string, raw: RawKey): Key {
  return {
    at,
    id,
    digest: raw.digest === undefined ? null : { at: pointTo(at, 'digest'), sha256: sha256Of(raw.digest) },
    signing: raw.signing === undefined ? null : normalizeSigning(pointTo(at, 'signing'), raw.signing),
    retiring:
      raw.retiring === undefined
        ? null
        : {
            at: pointTo(at, 'retiring', 'digest'),
            sha256: sha256Of(raw.retiring.digest),
            untilMs: instantOf(raw.retiring.until),
          },
    roles: references(pointTo(at, 'roles'), raw.roles),
    scopes: references(pointTo(at, 'scopes'), raw.scopes),
    plan: raw.plan === undefined ? null : { at: pointTo(at, 'plan'), name: raw.plan },
    notBeforeMs: instantOrNull(raw.notBefore),
    expiresMs: instantOrNull(raw.expires),
    allowIps: raw.allowIps === undefined ? null : addressRanges(pointTo(at, 'allowIps'), raw.allowIps),
    metadata: Object.entries(raw.metadata ?? {}),
    limits: raw.limits === undefined ? null : normalizeLimits(pointTo(at, 'limits'), raw.limits),
    suspendedMs: instantOrNull(raw.suspended?.since),
    imported: raw.imported === true,
  }
}

export function normalizeSubscriptions(at: Pointer, raw: RawMap<RawSubscription> | undefined): Subscription[] {
  return mapMembers(raw, at, (subscriptionAt, api, subscription) => ({
    at: subscriptionAt,
    api: { at: subscriptionAt, name: api },
    status: subscription.status,
    by: subscription.by === undefined ? null : { at: pointTo(subscriptionAt, 'by'), name: subscription.by },
    sinceMs: instantOrNull(subscription.since),
    untilMs: instantOrNull(subscription.until),
    ref: subscription.ref ?? null,
  }))
}

function instantOrNull(text: string | undefined): number | null {
  return text === undefined ? null : instantOf(text)
}

function sha256Of(digest: string): string {
  return digest.slice(DIGEST_PREFIX.length)
}
