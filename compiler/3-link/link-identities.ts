import type { CertificateMatch, ExpressionText, Identity } from '../../schemas/identity-config.ts'
import type { CertificateMatchRow } from '../../schemas/identity-rows.ts'
import { parseMatch } from '../certificates/parse-match.ts'
import type { Report } from '../diagnostics/report.ts'
import { compileExpression } from '../expressions/compile-expression.ts'
import type { CompiledExpression, ExpectedType } from '../expressions/expression.ts'
import type { ReadPattern } from '../expressions/read-pattern.ts'
import { linkText, type Names } from './link.ts'
import type { LinkedIdentity } from './linked.ts'

export function linkIdentity(identity: Identity, names: Names, report: Report): LinkedIdentity {
  const { introspect, roles } = identity
  const { readPattern } = names
  return {
    ...identity,
    introspect:
      introspect === null
        ? null
        : {
            ...introspect,
            authorization: introspect.authorization === null ? [] : linkText(introspect.authorization, names),
          },
    certificates: identity.certificates?.flatMap((match) => linkMatch(match, report)) ?? null,
    owner: identity.owner === null ? null : names.tenants.resolve(identity.owner.name, identity.owner.at),
    tenant: overClaims(identity.tenant, 'string', readPattern, report),
    roles: roles.held.map(({ at, name }) => names.roles.resolve(name, at)),
    rolesFrom: overClaims(roles.from, 'list(string)', readPattern, report),
    roleOf: roles.map.map(({ value, role }) => ({ value, role: names.roles.resolve(role.name, role.at) })),
    mfa: overClaims(identity.mfa, 'bool', readPattern, report),
  }
}

function linkMatch(match: CertificateMatch, report: Report): CertificateMatchRow[] {
  const row = parseMatch(match)
  if (!('problem' in row)) return [row]
  report('certificate-match-wrong-form', match.at, { text: match.text, problem: row.problem })
  return []
}

function overClaims(
  expression: ExpressionText | null,
  expected: ExpectedType,
  readPattern: ReadPattern,
  report: Report,
): CompiledExpression | null {
  if (expression === null) return null
  return compileExpression({ ...expression, environment: 'claims', expected, parameters: [] }, report, readPattern)
}
