import { isJsonMap, isList, isMapOfCel, wholeOf } from './values.ts'

type Key = string | boolean | bigint

/** A key as maps hold it: whole numbers are equal whatever their type. Undefined for what is never a key. */
export function keyOf(value: unknown): Key | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  return wholeOf(value)
}

/** The value of a key in a map; undefined when it is not there, or when this is no map. */
export function lookUp(of: unknown, key: unknown): unknown {
  if (typeof key === 'string') return memberOf(of, key)
  const known = keyOf(key)
  return known !== undefined && isMapOfCel(of) ? of.get(known) : undefined
}

/** The value of a name in a map; undefined when it is not there, or when this is no map. */
export function memberOf(of: unknown, name: string): unknown {
  if (isMapOfCel(of)) return of.get(name)
  // Not what objects have of their own accord, such as "constructor".
  return isJsonMap(of) && Object.hasOwn(of, name) ? of[name] : undefined
}

/** A map's keys, a list's items; undefined for what has none. */
export function membersOf(of: unknown): readonly unknown[] | undefined {
  if (isList(of)) return of
  if (isMapOfCel(of)) return [...of.keys()]
  return isJsonMap(of) ? Object.keys(of) : undefined
}

export function sizeOfMap(of: unknown): number | undefined {
  if (isMapOfCel(of)) return of.size
  return isJsonMap(of) ? Object.keys(of).length : undefined
}

/** The item of a list or the value of a map. */
export function itemAt(of: unknown, key: unknown): unknown {
  if (!isList(of)) return lookUp(of, key)
  const position = typeof key === 'number' ? key : Number(wholeOf(key) ?? -1)
  return Number.isInteger(position) ? of[position] : undefined
}

/** A map of entries; an error when a key cannot be one or comes twice. */
export function mapOfEntries(entries: readonly (readonly [key: unknown, value: unknown])[]): unknown {
  const map = new Map<Key, unknown>()
  for (const [key, value] of entries) {
    const known = keyOf(key)
    if (known === undefined || value === undefined || map.has(known)) return undefined
    map.set(known, value)
  }
  return map
}
