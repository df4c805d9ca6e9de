import { pointTo, type Pointer } from '../../diagnostics/report.ts'

/** The members of a JSON Schema that is not `true` or `false`. */
export type SchemaObject = Readonly<Record<string, unknown>>

export interface Subschema {
  readonly at: Pointer
  readonly schema: SchemaObject
}

/** Which keywords hold schemas (JSON Schema 2020-12, core section 10; `definitions` and `dependencies` of older drafts). */
const HOLDS_ONE = new Set([
  ...['additionalProperties', 'items', 'contains', 'not', 'if', 'then', 'else', 'propertyNames', 'contentSchema'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
])
const HOLDS_LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const HOLDS_MAP = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'],
])

/** A schema and all schemas inside it, outermost first; `true` and `false` are left out. */
export function subschemasOf(at: Pointer, schema: unknown): Subschema[] {
  const all: Subschema[] = []
  const open: { readonly at: Pointer; readonly value: unknown }[] = [{ at, value: schema }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isSchemaObject(next.value)) continue
    all.push({ at: next.at, schema: next.value })
    open.push(...childrenOf(next.at, next.value).reverse())
  }
  return all
}

/** The schemas directly inside one. */
export function childrenOf(at: Pointer, schema: SchemaObject): { readonly at: Pointer; readonly value: unknown }[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const below = pointTo(at, keyword)
    if (HOLDS_ONE.has(keyword)) return [{ at: below, value }]
    if (HOLDS_LIST.has(keyword) && Array.isArray(value))
      return value.map((item: unknown, i) => ({ at: pointTo(below, i), value: item }))
    if (HOLDS_MAP.has(keyword) && isSchemaObject(value))
      return Object.entries(value).map(([name, member]) => ({ at: pointTo(below, name), value: member }))
    return []
  })
}

/** The schema by itself: what stands inside it accepts everything, what it refers to is left out. */
export function withoutChildren(schema: SchemaObject): SchemaObject {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      if (keyword === '$ref' || keyword === '$dynamicRef' || keyword === '$id') return []
      if (HOLDS_ONE.has(keyword)) return [[keyword, true]]
      if (HOLDS_LIST.has(keyword) && Array.isArray(value)) return [[keyword, value.map(() => true)]]
      if (HOLDS_MAP.has(keyword) && isSchemaObject(value)) return [[keyword, mapValues(value)]]
      return [[keyword, value]]
    }),
  )
}

function mapValues(members: SchemaObject): SchemaObject {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, Array.isArray(value) ? value : true]))
}

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
