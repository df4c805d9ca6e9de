import { hash } from 'node:crypto'
import type { Expression, ExpressionEnvironment } from '../../schemas/expression.ts'
import type { IdentityRow } from '../../schemas/identity-rows.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import type { Authentication, Caller, CallerToken } from '../caller.ts'
import type { LoadedLimit } from '../limits/load-limits.ts'
import type { ClassOf } from './token-classes.ts'

/** What claims are folded with: rows of a table made ready. */
export interface FoldContext {
  readonly table: GatewayTable
  readonly expressions: readonly Expression[]
  readonly limits: readonly LoadedLimit[]
  readonly classOf: ClassOf
  readonly tenants: ReadonlyMap<string, number>
  readonly scopes: ReadonlyMap<string, number>
}

type Claims = Readonly<Record<string, unknown>>

const NOBODY = -1
/** Safe: without a prototype it has no member, whatever is asked for. */
const NO_METADATA = Object.freeze(Object.create(null)) as Readonly<Record<string, string>>
const SUBJECT_DIGITS = 12
const COUNTER_WORDS = 4

/**
 * Makes a caller of what a verified token says: of whose tenant it is, and which scopes it holds, by its roles and by its
 * scope claims. Names that the config does not know give nothing.
 *
 * @returns Null when its tenant is not in the config.
 */
export function foldClaims(context: FoldContext, row: IdentityRow, token: CallerToken, claims: Claims): Caller | null {
  const name = evaluate(context, row.tenant, claims)
  const tenant = typeof name === 'string' ? context.tenants.get(name) : undefined
  if (tenant === undefined) return null
  const roles = rolesOf(context, row, claims)
  const scopes = scopesOf(context, roles, claims)
  const authentication = authenticationOf(context, row, claims)
  return makeCaller(context, { tenant, roles, scopes, token, claims, authentication })
}

/** What a caller that is in no list is made of. Tenant, roles and scopes are positions. */
export interface CallerParts {
  readonly tenant: number
  readonly roles: readonly number[]
  readonly scopes: readonly number[]
  readonly token: CallerToken
  readonly claims: Claims | null
  readonly authentication: Authentication
}

/** @returns Null when the table has no such tenant. */
export function makeCaller(context: FoldContext, parts: CallerParts): Caller | null {
  const { table, limits, classOf } = context
  const { tenant, roles, scopes, token, claims, authentication } = parts
  const tenantName = table.tenants[tenant]?.name
  const guest = table.guests[tenant]
  const limitSet = table.limitSets[guest?.limitSet ?? NOBODY]
  if (tenantName === undefined || guest === undefined || limitSet === undefined) return null
  const scopeNames = scopes.map((scope) => table.scopes[scope] ?? '')
  const own = limitSet.limits.map((limit) => limits[limit]).filter((limit) => limit !== undefined)
  return {
    id: `${token.issuer}/${hash('sha256', token.subject).slice(0, SUBJECT_DIGITS)}`,
    key: NOBODY,
    tenant,
    tenantName,
    plan: guest.plan,
    class: classOf(tenant, scopes),
    limits: own,
    limitSet,
    rate: own.find(({ row: limit }) => limit.kind === 'rate' && limit.per === 'key') ?? null,
    identity: identityLines(token, tenantName, scopeNames),
    facts: {
      id: token.subject,
      tenant: tenantName,
      scopes: scopeNames,
      roles: roles.map((role) => table.roles[role]?.name ?? ''),
      metadata: NO_METADATA,
    },
    claims,
    authentication,
    token,
    counterWords: wordsOf(token),
  }
}

/** @returns Positions, ascending. */
export function scopesOfRoles({ table }: FoldContext, roles: readonly number[]): number[] {
  return [...new Set(roles.flatMap((role) => table.roles[role]?.scopes ?? []))].sort(ascending)
}

function rolesOf(context: FoldContext, row: IdentityRow, claims: Claims): number[] {
  const values = new Set(textsIn(evaluate(context, row.rolesFrom, claims)))
  const mapped = row.roleOf.filter(([value]) => values.has(value)).map(([, role]) => role)
  return [...new Set([...row.roles, ...mapped])].sort(ascending)
}

/** @see RFC 8693, section 4.2: `scope` is a list with spaces; `scp` is what some issuers call it. */
function scopesOf({ table, scopes }: FoldContext, roles: readonly number[], claims: Claims): number[] {
  const held = new Set(roles.flatMap((role) => table.roles[role]?.scopes ?? []))
  for (const name of [...textsIn(claims['scope']), ...textsIn(claims['scp'])]) {
    const scope = scopes.get(name)
    if (scope !== undefined) held.add(scope)
  }
  return [...held].sort(ascending)
}

/** The words of a text, or the texts of a list. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((text) => text !== '')
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

function authenticationOf(context: FoldContext, row: IdentityRow, claims: Claims): Authentication {
  const { acr } = claims
  return { mfa: evaluate(context, row.mfa, claims) === true, acr: typeof acr === 'string' ? acr : null }
}

function evaluate({ expressions }: FoldContext, position: number, claims: Claims): unknown {
  // Safe: an expression over claims names nothing else.
  return expressions[position]?.({ claims } as ExpressionEnvironment)
}

function identityLines({ issuer, subject }: CallerToken, tenant: string, scopes: readonly string[]): string {
  const lines = [
    `x-keysmith-issuer: ${headerText(issuer)}`,
    `x-keysmith-subject: ${headerText(subject)}`,
    `x-keysmith-tenant: ${tenant}`,
    ...(scopes.length === 0 ? [] : [`x-keysmith-scopes: ${scopes.join(' ')}`]),
  ]
  return lines.map((line) => line + '\r\n').join('')
}

/** Printable ASCII stays, as for the metadata of keys; what holds anything else is percent-encoded as UTF-8. */
function headerText(value: string): string {
  return /^[!-~]([ -~]*[!-~])?$/.test(value) ? value : encodeURIComponent(value)
}

/** Finds the counters of one issuer's subject. No issuer has a NUL in its name, so no two pairs read alike. */
function wordsOf({ issuer, subject }: CallerToken): Int32Array {
  const digest = hash('sha256', `${issuer}\0${subject}`, 'buffer')
  return Int32Array.from({ length: COUNTER_WORDS }, (_, i) => digest.readInt32BE(i * COUNTER_WORDS))
}

function ascending(a: number, b: number): number {
  return a - b
}
