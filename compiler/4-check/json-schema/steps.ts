import { pointTo, type Pointer } from '../../diagnostics/report.ts'
import { referencesOf } from './references.ts'
import { isSchemaObject, subschemasOf, type SchemaObject } from './subschemas.ts'

/** From one schema to another that is asked of the very same value. */
export interface SameStep {
  readonly to: Pointer
  /** Where it is written: the inner schema, or the "$ref". */
  readonly via: Pointer
  /** Taken only when an "if" says so. */
  readonly isChosen: boolean
}

/** From one schema to another that is asked of the value's members or elements. */
export interface DownStep {
  readonly to: Pointer
  readonly members: Members
}

/** Which members (of an object) or elements (of a list) are meant: one, or all but some. */
export type Members =
  | { readonly of: 'object' | 'list'; readonly only: string }
  | { readonly of: 'object' | 'list'; readonly allBut: ReadonlySet<string> }

export interface Steps {
  readonly same: readonly SameStep[]
  readonly down: readonly DownStep[]
}

const SAME_ONE = ['not', 'if'] as const
const SAME_CHOSEN = ['then', 'else'] as const
const SAME_LIST = ['allOf', 'anyOf', 'oneOf'] as const
const SAME_MAP = ['dependentSchemas', 'dependencies'] as const

/** How validating goes on from each schema of a file, by the schema's place. */
export function stepsOf(root: Pointer, schema: unknown): ReadonlyMap<Pointer, Steps> {
  const targets = new Map(referencesOf(root, schema).map(({ at, target }) => [at, target]))
  return new Map(
    subschemasOf(root, schema).map(({ at, schema: subschema }) => [
      at,
      { same: sameSteps(at, subschema, targets), down: downSteps(at, subschema) },
    ]),
  )
}

function sameSteps(at: Pointer, schema: SchemaObject, targets: ReadonlyMap<Pointer, Pointer | null>): SameStep[] {
  const inside = (keywords: readonly string[], isChosen: boolean): SameStep[] =>
    keywords
      .flatMap((keyword) => placesIn(pointTo(at, keyword), schema[keyword]))
      .map((place) => ({ to: place, via: place, isChosen }))
  const references = ['$ref', '$dynamicRef'].flatMap((keyword): SameStep[] => {
    const via = pointTo(at, keyword)
    const to = targets.get(via)
    return typeof to === 'string' ? [{ to, via, isChosen: false }] : []
  })
  const one = (keywords: readonly string[]): string[] => keywords.filter((keyword) => isSchemaObject(schema[keyword]))
  return [
    ...one(SAME_ONE).map((keyword) => sameStep(pointTo(at, keyword), { isChosen: false })),
    ...one(SAME_CHOSEN).map((keyword) => sameStep(pointTo(at, keyword), { isChosen: true })),
    ...inside([...SAME_LIST, ...SAME_MAP], false),
    ...references,
  ]
}

function sameStep(place: Pointer, { isChosen }: { isChosen: boolean }): SameStep {
  return { to: place, via: place, isChosen }
}

function downSteps(at: Pointer, schema: SchemaObject): DownStep[] {
  const { properties, patternProperties, prefixItems } = schema
  const names = isSchemaObject(properties) ? Object.keys(properties) : []
  const patterns = isSchemaObject(patternProperties) ? Object.keys(patternProperties) : []
  const positions = Array.isArray(prefixItems) ? prefixItems.map((_, i) => String(i)) : []
  const one = (keyword: string, members: Members): DownStep[] =>
    isSchemaObject(schema[keyword]) ? [{ to: pointTo(at, keyword), members }] : []
  const others: Members = { of: 'object', allBut: new Set(names) }
  return [
    ...names.map((name): DownStep => ({ to: pointTo(at, 'properties', name), members: { of: 'object', only: name } })),
    ...patterns.map((pattern): DownStep => ({ to: pointTo(at, 'patternProperties', pattern), members: ANY_MEMBER })),
    ...positions.map((i): DownStep => ({ to: pointTo(at, 'prefixItems', i), members: { of: 'list', only: i } })),
    ...one('additionalProperties', others),
    ...one('unevaluatedProperties', others),
    ...one('items', { of: 'list', allBut: new Set(positions) }),
    ...one('unevaluatedItems', { of: 'list', allBut: new Set(positions) }),
    ...one('contains', { of: 'list', allBut: new Set() }),
  ]
}

const ANY_MEMBER: Members = { of: 'object', allBut: new Set() }

/** True when some member is meant by both. */
export function overlap(a: Members, b: Members): boolean {
  if (a.of !== b.of) return false
  if ('only' in a) return 'only' in b ? a.only === b.only : !b.allBut.has(a.only)
  return 'only' in b ? !a.allBut.has(b.only) : true
}

function placesIn(at: Pointer, value: unknown): Pointer[] {
  if (Array.isArray(value)) return value.map((_, i) => pointTo(at, i))
  return isSchemaObject(value) ? Object.keys(value).map((name) => pointTo(at, name)) : []
}
