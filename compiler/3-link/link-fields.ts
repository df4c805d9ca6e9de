import type { Fields } from '../../schemas/config.ts'
import type { Names } from './link.ts'
import type { LinkedFields } from './linked.ts'

export function linkFields(fields: Fields | null, names: Names): LinkedFields | null {
  if (fields === null) return null
  const withScope = fields.withScope.map(({ scope, paths }) => ({
    at: scope.at,
    scope: names.scopes.resolve(scope.name, { key: scope.at }),
    paths,
  }))
  return { ...fields, withScope }
}
