import type { LinkedConfig, LinkedInclude, LinkedKey } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/** What a tenant's own file gives its keys stays within what the including file lets it give. */
export function includedTenants(config: LinkedConfig, report: Report): void {
  for (const [position, tenant] of config.tenants.entries()) {
    const { include } = tenant
    if (include === null) continue
    checkAmbiguous(include, config, report)
    const keys = config.keys.filter((key) => key.tenant === position)
    for (const key of keys) checkKey(key, include, config, report)
    const { maxKeys } = include
    const tooMany = maxKeys === null ? undefined : keys[maxKeys]
    if (tooMany === undefined) continue
    const related = [{ message: 'the most that it may hold', where: pointTo(include.at, 'maxKeys') }]
    const params = { tenant: tenant.name, count: String(keys.length), max: String(maxKeys) }
    report('tenant-too-many-keys', { key: tooMany.at }, params, { related })
  }
}

function checkKey(
  key: LinkedKey,
  include: LinkedInclude,
  { roles, scopes, plans }: LinkedConfig,
  report: Report,
): void {
  const related = [{ message: 'what its keys may be granted', where: { key: pointTo(include.at, 'grantable') } }]
  for (const { at, role } of key.roles) {
    const name = roles[role]?.name ?? ''
    if (!include.grantableRoles.includes(role))
      report('grant-not-grantable', at, { id: key.id, what: `role "${name}"` }, { related })
  }
  for (const { at, scope } of key.ownScopes) {
    const name = scopes[scope]?.name ?? ''
    if (!include.grantableScopes.includes(scope))
      report('grant-not-grantable', at, { id: key.id, what: `scope "${name}"` }, { related })
  }
  if (key.planAt !== null && key.plan !== null && !include.plans.includes(key.plan)) {
    const planned = [{ message: 'the plans that its keys may name', where: { key: pointTo(include.at, 'plans') } }]
    const params = { id: key.id, plan: plans[key.plan]?.name ?? '' }
    report('plan-not-grantable', key.planAt, params, { related: planned })
  }
  if (key.limits !== null) report('tenant-file-decides', { key: key.limits.at }, { key: 'limits' })
}

/** `grantable` lists roles and scopes together: a name that is both would say neither. */
function checkAmbiguous(include: LinkedInclude, { roles, scopes }: LinkedConfig, report: Report): void {
  const names = new Set(scopes.map(({ name }) => name))
  for (const { at, name } of include.grantable) {
    if (names.has(name) && roles.some((role) => role.name === name)) report('grantable-ambiguous', at, { name })
  }
}
