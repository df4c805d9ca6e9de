/** The types of CEL, as far as expressions here have them. "dyn" is known only when it is evaluated. */
export type CelType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'record'; readonly name: RecordName }

export type ScalarKind =
  'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'dyn'

/** What has members of its own, and is no value by itself. */
export type RecordName = 'key' | 'request'

export const DYN: CelType = { kind: 'dyn' }
export const BOOL: CelType = { kind: 'bool' }
export const INT: CelType = { kind: 'int' }
export const STRING: CelType = { kind: 'string' }
export const TIMESTAMP: CelType = { kind: 'timestamp' }
export const TEXTS: CelType = { kind: 'list', element: STRING }

export function listOf(element: CelType): CelType {
  return { kind: 'list', element }
}

export function mapOf(value: CelType): CelType {
  return { kind: 'map', key: STRING, value }
}

const NUMBERS = new Set(['int', 'uint', 'double'])

/** True when values of the two can be equal: numbers are, whatever their type. */
export function areComparable(a: CelType, b: CelType): boolean {
  if (a.kind === 'record' || b.kind === 'record') return false
  if (a.kind === 'dyn' || b.kind === 'dyn') return true
  if (a.kind === 'list' && b.kind === 'list') return areComparable(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return areComparable(a.key, b.key) && areComparable(a.value, b.value)
  return a.kind === b.kind || (NUMBERS.has(a.kind) && NUMBERS.has(b.kind))
}

/** True when a value of `actual` may stand where `wanted` is asked for. */
export function fits(actual: CelType, wanted: CelType): boolean {
  if (actual.kind === 'dyn' || wanted.kind === 'dyn') return actual.kind !== 'record'
  if (actual.kind === 'list' && wanted.kind === 'list') return fits(actual.element, wanted.element)
  return actual.kind === wanted.kind && actual.kind !== 'map'
}

/** The type of what is one or the other. */
export function join(a: CelType, b: CelType): CelType {
  if (a.kind === 'list' && b.kind === 'list') return listOf(join(a.element, b.element))
  if (a.kind === 'map' && b.kind === 'map') {
    return { kind: 'map', key: join(a.key, b.key), value: join(a.value, b.value) }
  }
  return a.kind === b.kind ? a : DYN
}

/** As CEL writes it: "list(string)". */
export function nameOf(type: CelType): string {
  if (type.kind === 'list') return `list(${nameOf(type.element)})`
  if (type.kind === 'map') return `map(${nameOf(type.key)}, ${nameOf(type.value)})`
  return type.kind === 'record' ? type.name : type.kind
}
