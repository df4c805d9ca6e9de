import type { KeyKindRow } from '../../schemas/key-file.ts'
import type { CallerFacts, FactsRow, GatewayTable, KeyRow, LimitSetRow } from '../../schemas/table.ts'
import { ONE_FACTOR, type Caller, type LoadedClass } from '../caller.ts'
import type { LoadedLimit } from '../limits/load-limits.ts'
import { at } from '../load-table.ts'

/** A key, and when and from where it opens. */
export interface LoadedKey {
  readonly row: Pick<KeyRow, 'suspendedMs' | 'expiresMs' | 'notBeforeMs' | 'addresses'>
  readonly caller: Caller
}

/** What rows of keys name by position. */
export interface KeyParts {
  readonly table: Pick<GatewayTable, 'limitSets' | 'tenants'>
  readonly classes: readonly LoadedClass[]
  readonly limits: readonly LoadedLimit[]
}

/** What keys share, with what it names by position. */
export interface LoadedKind {
  readonly row: Omit<KeyKindRow, 'identity' | 'facts' | 'imported'>
  readonly facts: FactsRow | null
  readonly tenantName: string
  readonly class: LoadedClass
  readonly limitSet: LimitSetRow
  readonly limits: readonly LoadedLimit[]
  readonly rate: LoadedLimit | null
}

export function loadKind(row: LoadedKind['row'], facts: FactsRow | null, parts: KeyParts): LoadedKind {
  const { table, classes, limits } = parts
  const limitSet = at(table.limitSets, row.limitSet)
  const own = limitSet.limits.map((limit) => at(limits, limit))
  return {
    row,
    facts,
    tenantName: at(table.tenants, row.tenant).name,
    class: at(classes, row.class),
    limitSet,
    limits: own,
    rate: own.find(({ row: limit }) => limit.kind === 'rate' && limit.per === 'key') ?? null,
  }
}

/** @param identity Finished header lines that tell the upstream who calls. */
export function loadKey(kind: LoadedKind, id: string, identity: string, position: number): LoadedKey {
  const { row, facts, tenantName, limitSet, limits, rate } = kind
  const caller: Caller = {
    id,
    key: position,
    tenant: row.tenant,
    tenantName,
    plan: row.plan,
    class: kind.class,
    limits,
    limitSet,
    rate,
    identity,
    facts: facts === null ? null : loadFacts(facts, id, tenantName),
    claims: null,
    authentication: ONE_FACTOR,
    token: null,
    counterWords: null,
  }
  return { row, caller }
}

function loadFacts({ scopes, roles, metadata }: FactsRow, id: string, tenant: string): CallerFacts {
  const named = Object.assign(Object.create(null), Object.fromEntries(metadata)) as Record<string, string>
  return { id, tenant, scopes, roles, metadata: named }
}
