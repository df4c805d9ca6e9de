import { pointTo, segmentsOf, type Pointer } from '../../diagnostics/report.ts'
import { isSchemaObject, subschemasOf } from './subschemas.ts'

/** One "$ref", and the schema of the same file that it leads to; null when it leads nowhere. */
export interface Reference {
  readonly at: Pointer
  readonly text: string
  readonly target: Pointer | null
}

/** Stands for the base of a file without "$id". */
const NO_BASE = 'keysmith:schema'

/**
 * Follows every "$ref" and "$dynamicRef" of one file. Nothing outside it is ever looked at.
 *
 * @see JSON Schema 2020-12, core, sections 8.2 and 9.
 */
export function referencesOf(root: Pointer, schema: unknown): Reference[] {
  const places = new Map<string, Pointer>()
  const found: { at: Pointer; text: string; base: string }[] = []
  const bases = new Map<Pointer, string>()
  for (const { at, schema: subschema } of subschemasOf(root, schema)) {
    const outer = bases.get(enclosing(at, bases)) ?? NO_BASE
    const id = subschema['$id']
    const base = typeof id === 'string' ? resolveUri(id, outer) : outer
    if (at === root || base !== outer) {
      bases.set(at, base)
      places.set(withoutFragment(base), at)
    }
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      const anchor = subschema[keyword]
      if (typeof anchor === 'string') places.set(`${withoutFragment(base)}#${anchor}`, at)
    }
    for (const keyword of ['$ref', '$dynamicRef']) {
      const text = subschema[keyword]
      if (typeof text === 'string') found.push({ at: pointTo(at, keyword), text, base })
    }
  }
  return found.map(({ at, text, base }) => ({
    at,
    text,
    target: targetOf(resolveUri(text, base), places, root, schema),
  }))
}

function targetOf(uri: string, places: ReadonlyMap<string, Pointer>, root: Pointer, schema: unknown): Pointer | null {
  const known = places.get(uri)
  if (known !== undefined) return known
  const hash = uri.indexOf('#')
  const start = places.get(hash < 0 ? uri : uri.slice(0, hash))
  if (start === undefined || hash < 0) return null
  const fragment = decode(uri.slice(hash + 1))
  if (fragment === '') return start
  if (fragment === null || !fragment.startsWith('/')) return null
  const target = start + fragment
  return hasSchemaAt(schema, segmentsOf(target.slice(root.length))) ? target : null
}

function hasSchemaAt(schema: unknown, segments: readonly string[]): boolean {
  let value = schema
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false
    // Safe: it has a member of that name.
    value = (value as Readonly<Record<string, unknown>>)[segment]
  }
  return isSchemaObject(value) || typeof value === 'boolean'
}

/** The nearest schema around a place that has a base of its own. */
function enclosing(at: Pointer, bases: ReadonlyMap<Pointer, string>): Pointer {
  for (let outer = at; outer !== ''; outer = outer.slice(0, outer.lastIndexOf('/'))) if (bases.has(outer)) return outer
  return ''
}

function resolveUri(reference: string, base: string): string {
  if (reference.startsWith('#')) return withoutFragment(base) + reference
  if (URL.canParse(reference)) return reference
  return URL.canParse(reference, base) ? new URL(reference, base).href : reference
}

function withoutFragment(uri: string): string {
  const hash = uri.indexOf('#')
  return hash < 0 ? uri : uri.slice(0, hash)
}

function decode(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return null
  }
}
