import type { LinkedConfig, LinkedIdentity, LinkedText } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** What is declared and needed by nothing is a leftover, or the trace of a mistake elsewhere. */
export function unusedNames(config: LinkedConfig, report: Report): void {
  const { scopes, roles, plans, upstreams, secrets, tenants, keys, apis, routes, identities } = config
  const shownFor = [...apis, ...routes].flatMap(({ fields }) => (fields?.withScope ?? []).map(({ scope }) => scope))
  const asked = new Set([...routes.flatMap((route) => route.scopes), ...shownFor])
  const held = new Set([
    ...keys.flatMap((key) => key.roles.map(({ role }) => role)),
    ...tenants.flatMap(({ include }) => include?.grantableRoles ?? []),
    ...identities.flatMap((identity) => [...identity.roles, ...identity.roleOf.map(({ role }) => role)]),
  ])
  const planned = new Set([
    ...keys.map((key) => key.plan),
    ...tenants.flatMap(({ plan, include }) => [plan, ...(include?.plans ?? [])]),
  ])
  const reached = new Set(apis.map((api) => api.upstream))
  const shared = keys.flatMap(({ signing }) => (signing?.algorithm === 'hmac-sha256' ? [signing.secret] : []))
  const resolved = new Set([...upstreams.flatMap(secretsOf), ...identities.flatMap(secretsOfIdentity), ...shared])

  const unused = [
    ...without(scopes, asked).map((thing) => ['scope-unused', thing] as const),
    ...without(roles, held).map((thing) => ['role-unused', thing] as const),
    ...without(plans, planned).map((thing) => ['plan-unused', thing] as const),
    ...without(upstreams, reached).map((thing) => ['upstream-unused', thing] as const),
    ...without(secrets, resolved).map((thing) => ['secret-unused', thing] as const),
  ]
  for (const [code, { at, name }] of unused) report(code, { key: at }, { name })
}

function without<Thing>(things: readonly Thing[], used: ReadonlySet<number | null>): Thing[] {
  return things.filter((_, position) => !used.has(position))
}

function secretsOf({ targets, headers }: LinkedConfig['upstreams'][number]): number[] {
  return secretsIn([...targets.map(({ url }) => url), ...headers.map(({ value }) => value)])
}

function secretsOfIdentity({ introspect }: LinkedIdentity): number[] {
  return introspect === null ? [] : secretsIn([introspect.authorization])
}

function secretsIn(texts: readonly LinkedText[]): number[] {
  return texts.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.secret]))
}
