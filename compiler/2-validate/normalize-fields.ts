import type { FieldPath, Fields } from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import type { RawFields } from './raw.ts'
import { mapMembers } from './shapes.ts'
import { parseSize } from './units.ts'

const SIZE_DEFAULT = '1MB'

export function normalizeFields(at: Pointer, raw: RawFields | undefined): Fields | null {
  if (raw === undefined) return null
  return {
    at,
    allow: fieldPaths(pointTo(at, 'allow'), raw.allow),
    withScope: mapMembers(raw.withScope, pointTo(at, 'withScope'), (scopeAt, name, paths) => ({
      scope: { at: scopeAt, name },
      paths: fieldPaths(scopeAt, paths),
    })),
    bytesMax: parseSize(raw.size ?? SIZE_DEFAULT),
  }
}

function fieldPaths(at: Pointer, paths: readonly string[] | undefined): FieldPath[] {
  return (paths ?? []).map((path, i) => ({ at: pointTo(at, i), names: path.split('.') }))
}
