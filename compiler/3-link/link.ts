import type { Api, GatewayConfig, Key, SecretText, Signing, Tenant, Upstream } from '../../schemas/config.ts'
import { pointTo, type Report } from '../diagnostics/report.ts'
import { createPatternReader, type ReadPattern } from '../expressions/read-pattern.ts'
import type {
  LinkedApi,
  LinkedConfig,
  LinkedKey,
  LinkedRole,
  LinkedSigning,
  LinkedTenant,
  LinkedText,
  LinkedUpstream,
} from './linked.ts'
import { linkFields } from './link-fields.ts'
import { linkIdentity } from './link-identities.ts'
import { linkRoutes } from './link-routes.ts'
import { indexNames, UNRESOLVED, type NameIndex } from './name-index.ts'
import { linkSecrets, type SecretIndex } from './secrets.ts'

/** The names of a config, by kind. */
export interface Names {
  readonly upstreams: NameIndex
  readonly scopes: NameIndex
  readonly roles: NameIndex
  readonly plans: NameIndex
  readonly apis: NameIndex
  readonly identities: NameIndex
  readonly tenants: NameIndex
  readonly secrets: SecretIndex
  /** Reads the patterns of expressions. */
  readonly readPattern: ReadPattern
}

/** What `auth` calls keys; a position before those of identities. */
const KEY = 'key'

/** Replaces names by positions. Reports names that nothing declares, and paths that cannot be taken apart. */
export function link(config: GatewayConfig, report: Report): LinkedConfig {
  const names: Names = {
    upstreams: indexNames('upstream-unknown', namesOf(config.upstreams)),
    scopes: indexNames('scope-unknown', namesOf(config.scopes)),
    roles: indexNames('role-unknown', namesOf(config.roles)),
    plans: indexNames('plan-unknown', namesOf(config.plans)),
    apis: indexNames('api-unknown', namesOf(config.apis)),
    identities: indexNames('identity-unknown', [KEY, ...namesOf(config.identities)]),
    tenants: indexNames('tenant-unknown', namesOf(config.tenants)),
    secrets: linkSecrets(config.secrets),
    readPattern: createPatternReader(),
  }
  const roles = config.roles.map(({ at, name, scopes }) => ({
    at,
    name,
    scopes: scopes.map((scope) => names.scopes.resolve(scope.name, scope.at)),
  }))
  const upstreams = config.upstreams.map((upstream) => linkUpstream(upstream, names))
  const identities = config.identities.map((identity) => linkIdentity(identity, names, report))
  const apis = config.apis.map((api) => linkApi(api, names))
  const routes = config.apis.flatMap((api, position) =>
    linkRoutes(api, { position, fields: apis[position]?.fields ?? null }, names, report),
  )
  const tenants = config.tenants.map((tenant) => linkTenant(tenant, config, names))
  const keys = config.tenants.flatMap((tenant, position) =>
    tenant.keys.map((key) => linkKey(key, position, tenants[position]?.plan ?? null, roles, names)),
  )
  for (const index of [
    names.upstreams,
    names.scopes,
    names.roles,
    names.plans,
    names.apis,
    names.identities,
    names.tenants,
    names.secrets,
  ]) {
    index.reportUnknown(report)
  }
  const { gateway: settings, scopes, plans } = config
  return {
    settings,
    secrets: names.secrets.all(),
    upstreams,
    identities,
    scopes,
    roles,
    plans,
    apis,
    routes,
    tenants,
    keys,
  }
}

function linkUpstream(upstream: Upstream, names: Names): LinkedUpstream {
  return {
    ...upstream,
    targets: upstream.targets.map((target) => ({ ...target, url: linkText(target.url, names) })),
    headers: upstream.headers.map((header) => ({ ...header, value: linkText(header.value, names) })),
  }
}

export function linkText(text: SecretText, names: Names): LinkedText {
  return text.parts.map((part) => (typeof part === 'string' ? part : { secret: names.secrets.resolve(part, text.at) }))
}

function linkApi(api: Api, names: Names): LinkedApi {
  const { upstream, fields, deprecation, routes: _, ...rest } = api
  const successor = deprecation?.successor ?? null
  return {
    ...rest,
    deprecation,
    fields: linkFields(fields, names),
    upstream: names.upstreams.resolve(upstream.name, upstream.at),
    successor: successor === null ? null : names.apis.resolve(successor.name, successor.at),
  }
}

function linkTenant(tenant: Tenant, config: GatewayConfig, names: Names): LinkedTenant {
  const { keys: _, ...rest } = tenant
  const { include } = tenant
  return {
    ...rest,
    plan: tenant.plan === null ? null : names.plans.resolve(tenant.plan.name, tenant.plan.at),
    subscriptions: tenant.subscriptions.map((subscription) => ({
      ...subscription,
      api: names.apis.resolve(subscription.api.name, { key: subscription.api.at }),
    })),
    include:
      include === null
        ? null
        : {
            ...include,
            plans: include.plans.map((plan) => names.plans.resolve(plan.name, plan.at)),
            ...linkGrantable(include.grantable, config, names),
            wants: include.wants.map((want) => ({ at: want.at, api: names.apis.resolve(want.name, want.at) })),
          },
  }
}

/** Names of scopes may hold these, names of roles may not. */
const OF_SCOPES_ONLY = /[:.]/

/** One list names roles and scopes. What is neither is taken for a role, unless only a scope could be called so. */
function linkGrantable(
  grantable: readonly { readonly at: string; readonly name: string }[],
  config: GatewayConfig,
  names: Names,
): { grantableRoles: number[]; grantableScopes: number[] } {
  const roles = new Set(namesOf(config.roles))
  const scopes = new Set(namesOf(config.scopes))
  const grantableRoles: number[] = []
  const grantableScopes: number[] = []
  for (const { at, name } of grantable) {
    const isScope = !roles.has(name) && (scopes.has(name) || OF_SCOPES_ONLY.test(name))
    if (isScope) grantableScopes.push(names.scopes.resolve(name, at))
    else grantableRoles.push(names.roles.resolve(name, at))
  }
  return { grantableRoles, grantableScopes }
}

function linkKey(
  key: Key,
  tenant: number,
  tenantPlan: number | null,
  declaredRoles: readonly LinkedRole[],
  names: Names,
): LinkedKey {
  const roles = key.roles.map((role) => ({ at: role.at, role: names.roles.resolve(role.name, role.at) }))
  const ownScopes = key.scopes.map((scope) => ({ at: scope.at, scope: names.scopes.resolve(scope.name, scope.at) }))
  const held = new Set([
    ...roles.flatMap(({ role }) => declaredRoles[role]?.scopes ?? []),
    ...ownScopes.map(({ scope }) => scope),
  ])
  held.delete(UNRESOLVED)
  return {
    ...key,
    tenant,
    roles,
    ownScopes,
    scopes: [...held].sort((a, b) => a - b),
    plan: key.plan === null ? tenantPlan : names.plans.resolve(key.plan.name, key.plan.at),
    planAt: key.plan === null ? null : pointTo(key.at, 'plan'),
    signing: key.signing === null ? null : linkSigning(key.signing, names),
  }
}

function linkSigning(signing: Signing, names: Names): LinkedSigning {
  if (signing.algorithm === 'ed25519') return signing
  const { secret } = signing
  return { ...signing, secret: names.secrets.resolve(secret, secret.at) }
}

function namesOf(things: readonly { readonly name: string }[]): string[] {
  return things.map((thing) => thing.name)
}
