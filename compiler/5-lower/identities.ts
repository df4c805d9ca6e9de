import type { GuestRow, IdentityRow, RoleRow } from '../../schemas/identity-rows.ts'
import type { CompiledExpression } from '../expressions/expression.ts'
import type { LinkedConfig, LinkedIdentity } from '../3-link/linked.ts'
import type { ExpressionList } from './expressions.ts'
import { subscriptionsOf } from './grants.ts'
import type { LoweredLimits } from './limits.ts'
import { toTemplate } from './template.ts'

const NOTHING = -1

export interface LoweredIdentities {
  readonly rows: readonly IdentityRow[]
  readonly scopes: readonly string[]
  readonly roles: readonly RoleRow[]
  readonly guests: readonly GuestRow[]
}

/** Whose word is believed, and what their callers are given: nothing of it where only keys are. */
export function lowerIdentities(
  config: LinkedConfig,
  limits: LoweredLimits,
  expressions: ExpressionList,
): LoweredIdentities {
  const { identities, scopes, roles, tenants, plans } = config
  if (identities.length === 0) return { rows: [], scopes: [], roles: [], guests: [] }
  return {
    rows: identities.map((identity) => lowerIdentity(identity, expressions)),
    scopes: scopes.map(({ name }) => name),
    roles: roles.map((role) => ({ name: role.name, scopes: role.scopes })),
    guests: tenants.map(({ plan }, tenant) => ({
      plan: plans[plan ?? NOTHING]?.name ?? null,
      limitSet: limits.setOfTenant[tenant] ?? NOTHING,
      subscriptions: subscriptionsOf(tenant, config),
    })),
  }
}

function lowerIdentity(identity: LinkedIdentity, expressions: ExpressionList): IdentityRow {
  const { name, issuer, jwks, algorithms, introspect, audience, leewayMs } = identity
  const place = (expression: CompiledExpression | null): number =>
    expression === null ? NOTHING : expressions.place(expression)
  return {
    name,
    issuer: issuer === null ? null : { issuer, jwks: jwks ?? '', algorithms },
    introspection:
      introspect === null
        ? null
        : {
            url: introspect.url,
            authorization: toTemplate(introspect.authorization),
            cacheMs: introspect.cacheMs,
          },
    audience: audience ?? '',
    leewayMs,
    tenant: place(identity.tenant),
    rolesFrom: place(identity.rolesFrom),
    mfa: place(identity.mfa),
    roleOf: identity.roleOf.map(({ value, role }) => [value, role] as const),
    roles: identity.roles,
  }
}
