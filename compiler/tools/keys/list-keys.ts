import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import type { Pointer } from '../../diagnostics/report.ts'
import { compareNames } from '../compare-names.ts'
import { instantText } from '../instant-text.ts'
import { keyState, type KeyState } from './key-state.ts'
import type { Revocations } from './read-revocations.ts'

/** What a config says of one key, as people ask for it. */
export interface ListedKey {
  readonly id: string
  readonly tenant: string
  readonly state: KeyState
  /** The first hex digits; null for a key that signs. */
  readonly digest: string | null
  /** How it signs its requests; null for a key that shows its secret. */
  readonly signing: string | null
  readonly imported: boolean
  readonly roles: readonly string[]
  /** Besides those of its roles. */
  readonly scopes: readonly string[]
  readonly plan: string | null
  readonly notBefore: string | null
  readonly expires: string | null
  readonly suspended: string | null
  readonly retiring: { readonly digest: string; readonly until: string } | null
  readonly at: Pointer
}

export interface KeyFilter {
  readonly tenant: string | null
  /** Only keys of which something ends within this time: the key, or its retiring secret. Null: all. */
  readonly expiringMs: number | null
}

const DIGITS_SHOWN = 8

/** The keys that a filter lets through, by tenant and id. */
export function listKeys(config: LinkedConfig, filter: KeyFilter, revocations: Revocations, atMs: number): ListedKey[] {
  const { keys, tenants } = config
  const tenantOf = (key: LinkedKey): string => tenants[key.tenant]?.name ?? ''
  return keys
    .filter((key) => filter.tenant === null || tenantOf(key) === filter.tenant)
    .filter((key) => filter.expiringMs === null || endsWithin(key, filter.expiringMs, atMs))
    .map((key) => listed(key, tenantOf(key), config, keyState(key, revocations, atMs)))
    .sort((a, b) => compareNames(a.tenant, b.tenant) || compareNames(a.id, b.id))
}

function endsWithin({ expiresMs, retiring }: LinkedKey, spanMs: number, atMs: number): boolean {
  return [expiresMs, retiring?.untilMs ?? null].some((ms) => ms !== null && ms > atMs && ms <= atMs + spanMs)
}

function listed(key: LinkedKey, tenant: string, { roles, scopes, plans }: LinkedConfig, state: KeyState): ListedKey {
  const { at, id, digest, imported, retiring, plan, notBeforeMs, expiresMs, suspendedMs } = key
  return {
    id,
    tenant,
    state,
    digest: digest?.sha256.slice(0, DIGITS_SHOWN) ?? null,
    signing: key.signing?.algorithm ?? null,
    imported,
    roles: key.roles.map(({ role }) => roles[role]?.name ?? ''),
    scopes: key.ownScopes.map(({ scope }) => scopes[scope]?.name ?? ''),
    plan: plans[plan ?? -1]?.name ?? null,
    notBefore: textOrNull(notBeforeMs),
    expires: textOrNull(expiresMs),
    suspended: textOrNull(suspendedMs),
    retiring:
      retiring === null
        ? null
        : { digest: retiring.sha256.slice(0, DIGITS_SHOWN), until: instantText(retiring.untilMs) },
    at,
  }
}

function textOrNull(ms: number | null): string | null {
  return ms === null ? null : instantText(ms)
}
