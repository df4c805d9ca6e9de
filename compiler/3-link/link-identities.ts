import type { ExpressionText, Identity } from '../../schemas/identity-config.ts'
import type { Report } from '../diagnostics/report.ts'
import { compileExpression } from '../expressions/compile-expression.ts'
import type { CompiledExpression, ExpectedType } from '../expressions/expression.ts'
import { linkText, type Names } from './link.ts'
import type { LinkedIdentity } from './linked.ts'

export function linkIdentity(identity: Identity, names: Names, report: Report): LinkedIdentity {
  const { introspect, roles } = identity
  return {
    ...identity,
    introspect:
      introspect === null
        ? null
        : {
            ...introspect,
            authorization: introspect.authorization === null ? [] : linkText(introspect.authorization, names),
          },
    tenant: overClaims(identity.tenant, 'string', report),
    roles: roles.held.map(({ at, name }) => names.roles.resolve(name, at)),
    rolesFrom: overClaims(roles.from, 'list(string)', report),
    roleOf: roles.map.map(({ value, role }) => ({ value, role: names.roles.resolve(role.name, role.at) })),
    mfa: overClaims(identity.mfa, 'bool', report),
  }
}

function overClaims(
  expression: ExpressionText | null,
  expected: ExpectedType,
  report: Report,
): CompiledExpression | null {
  if (expression === null) return null
  return compileExpression({ ...expression, environment: 'claims', expected, parameters: [] }, report)
}
