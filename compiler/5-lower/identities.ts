import type { GuestRow, IdentityRow } from '../../schemas/identity-rows.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { CompiledExpression } from '../expressions/expression.ts'
import type { LinkedConfig, LinkedIdentity } from '../3-link/linked.ts'
import type { ExpressionList } from './expressions.ts'
import { subscriptionsOf } from './grants.ts'
import type { LoweredLimits } from './limits.ts'
import { toTemplate } from './template.ts'

const NOTHING = -1

type Lists = 'identities' | 'scopes' | 'roles' | 'guests'

export interface LoweredIdentities {
  readonly rows: Pick<GatewayTable, Lists>
  readonly places: Readonly<Record<Lists, readonly Pointer[]>>
}

const NONE = { identities: [], scopes: [], roles: [], guests: [] }

/** Whose word is believed, and what their callers are given: nothing of it where only keys are. */
export function lowerIdentities(
  config: LinkedConfig,
  limits: LoweredLimits,
  expressions: ExpressionList,
): LoweredIdentities {
  const { identities, scopes, roles, tenants } = config
  if (identities.length === 0) return { rows: NONE, places: NONE }
  return {
    rows: {
      identities: identities.map((identity) => lowerIdentity(identity, expressions)),
      scopes: scopes.map(({ name }) => name),
      roles: roles.map((role) => ({ name: role.name, scopes: role.scopes })),
      guests: tenants.map((_, tenant) => lowerGuest(tenant, config, limits)),
    },
    places: {
      identities: placesOf(identities),
      scopes: placesOf(scopes),
      roles: placesOf(roles),
      guests: placesOf(tenants),
    },
  }
}

function placesOf(things: readonly { readonly at: Pointer }[]): Pointer[] {
  return things.map(({ at }) => at)
}

function lowerGuest(tenant: number, config: LinkedConfig, limits: LoweredLimits): GuestRow {
  const plan = config.tenants[tenant]?.plan ?? NOTHING
  return {
    plan: config.plans[plan]?.name ?? null,
    limitSet: limits.setOfTenant[tenant] ?? NOTHING,
    subscriptions: subscriptionsOf(tenant, config),
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
    certificates: identity.certificates ?? [],
    owner: identity.owner ?? NOTHING,
    audience: audience ?? '',
    leewayMs,
    tenant: place(identity.tenant),
    rolesFrom: place(identity.rolesFrom),
    mfa: place(identity.mfa),
    roleOf: identity.roleOf.map(({ value, role }) => [value, role] as const),
    roles: identity.roles,
    dpop: identity.dpop,
  }
}
