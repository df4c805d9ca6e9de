import type { FieldPath } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedFields } from '../../3-link/linked.ts'
import { buildFieldPlaces, FIELD_PLACES_MAX, FIELD_SCOPES_MAX } from '../../5-lower/field-places.ts'
import { scopedPaths } from '../../5-lower/fields.ts'
import type { Report } from '../../diagnostics/report.ts'

const ANY = '*'

/** Each path of an answer shows something more, and all of them together are few enough to be followed. */
export function fieldRules({ apis, routes }: LinkedConfig, report: Report): void {
  const all = new Set([...apis, ...routes].map(({ fields }) => fields))
  for (const fields of all) {
    if (fields === null) continue
    checkCovered(fields, report)
    if (fields.withScope.length > FIELD_SCOPES_MAX)
      report('fields-too-many', { key: fields.at }, { max: String(FIELD_SCOPES_MAX), what: 'scopes' })
    else if (buildFieldPlaces(scopedPaths(fields)).length >= FIELD_PLACES_MAX)
      report('fields-too-many', { key: fields.at }, { max: String(FIELD_PLACES_MAX), what: 'places' })
  }
}

/** What one list shows, another path of it, or of what everyone sees, need not. */
function checkCovered({ allow, withScope }: LinkedFields, report: Report): void {
  for (const paths of [allow, ...withScope.map((one) => one.paths)]) {
    const others = paths === allow ? allow : [...allow, ...paths]
    for (const path of paths) {
      const other = others.find((candidate) => candidate !== path && covers(candidate, path, others))
      if (other === undefined) continue
      const related = [{ message: 'shown here', where: other.at }]
      report('fields-path-covered', path.at, { path: path.names.join('.'), other: other.names.join('.') }, { related })
    }
  }
}

/** True when whatever `path` names lies in what `wide` names. Of two that name the same, the first covers. */
function covers(wide: FieldPath, path: FieldPath, order: readonly FieldPath[]): boolean {
  if (!wide.names.every((name, i) => name === path.names[i] || (name === ANY && path.names[i] !== undefined)))
    return false
  const isSame = wide.names.length === path.names.length && wide.names.every((name, i) => name === path.names[i])
  return !isSame || order.indexOf(wide) < order.indexOf(path)
}
