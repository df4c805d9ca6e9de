import type { Reference } from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import type { RawMap } from './raw.ts'

/** Turns a mapping into a list, in the order of the file; a mapping that is left out gives none. */
export function mapMembers<Raw, Item>(
  members: RawMap<Raw> | undefined,
  at: Pointer,
  toItem: (at: Pointer, name: string, value: Raw) => Item,
): Item[] {
  return Object.entries(members ?? {}).map(([name, value]) => toItem(pointTo(at, name), name, value))
}

/** Turns a list of names into references. */
export function references(at: Pointer, names: readonly string[] | undefined): Reference[] {
  return (names ?? []).map((name, i) => ({ at: pointTo(at, i), name }))
}
