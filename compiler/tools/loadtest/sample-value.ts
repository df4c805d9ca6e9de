import type { ValidateFunction } from 'ajv'

type Schema = Readonly<Record<string, unknown>>
/** Schemas that refer to themselves end here. */
const DEPTH_MAX = 12
const ITEMS_MAX = 16
const TEXT = 'load test '

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  duration: 'PT1H',
  email: 'load@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': '/load',
  url: 'https://example.com/',
  uuid: '6f1d9f5e-3c1b-4a6e-9d0b-2f4c8f0a7e11',
  'json-pointer': '/load',
  regex: '^load$',
  byte: 'bG9hZA==',
}
/** Tried where a pattern must be met: many are of one of these forms. */
const WORDS = ['1', 'a', 'A', 'abc', 'ABC', 'a1', 'A1', 'A-1', 'a-1', 'AB-1', 'AB-12', 'ABC-123', '12', '123', '1234']
const LONGER_WORDS = ['12345', '123456', '12345678', 'abcdef', 'ABCDEF', 'abc123', 'EUR', 'en', 'en-US', '+4912345678']

/** How much of a schema a sample shows: what is required, or all that it describes. */
export type SampleSize = 'required' | 'all'

/**
 * Makes a value that a JSON Schema takes: its examples, its defaults, or the smallest that its bounds allow.
 *
 * @param accepts Whether a candidate is taken, by the schema's own validator.
 * @returns Undefined when none of the candidates is taken.
 */
export function sampleValue(schema: unknown, accepts: (value: unknown) => boolean): unknown {
  for (const size of ['all', 'required'] as const) {
    const value = sample(schema, { root: schema, size, depth: 0 })
    if (accepts(value)) return value
  }
  return undefined
}

/** @returns Whether the validator takes it. */
export function acceptedBy(validate: ValidateFunction): (value: unknown) => boolean {
  return (value) => validate(value) === true
}

interface Walk {
  readonly root: unknown
  readonly size: SampleSize
  readonly depth: number
}

function sample(schema: unknown, walk: Walk): unknown {
  if (!isSchema(schema)) return TEXT.trim()
  const whole = resolve(schema, walk)
  if ('const' in whole) return whole['const']
  for (const list of [whole['examples'], whole['enum']]) if (Array.isArray(list) && list.length > 0) return list[0]
  if ('default' in whole) return whole['default']
  const { type } = whole
  const kind = Array.isArray(type) ? (type as unknown[])[0] : (type ?? kindOf(whole))
  const below = { ...walk, depth: walk.depth + 1 }
  switch (kind) {
    case 'object':
      return sampleObject(whole, below)
    case 'array':
      return sampleArray(whole, below)
    case 'integer':
    case 'number':
      return sampleNumber(whole, kind === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleText(whole)
  }
}

/** References and parts that must all hold, put together; of alternatives the first. */
function resolve(schema: Schema, walk: Walk): Schema {
  let whole = schema
  for (let steps = 0; steps < DEPTH_MAX; steps++) {
    const { $ref, allOf, anyOf, oneOf, ...own } = whole
    const parts = [
      ...(typeof $ref === 'string' ? [referred(walk.root, $ref)] : []),
      ...(Array.isArray(allOf) ? (allOf as unknown[]) : []),
      ...[anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? [(list as unknown[])[0]] : [])),
    ].filter(isSchema)
    if (parts.length === 0) return own
    whole = parts.reduce(merge, own)
  }
  return whole
}

function merge(a: Schema, b: Schema): Schema {
  const lists = (name: string): unknown[] =>
    [a[name], b[name]].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
  const members = (name: string): Schema => ({ ...membersOf(a[name]), ...membersOf(b[name]) })
  return {
    ...a,
    ...b,
    ...(lists('required').length > 0 ? { required: lists('required') } : {}),
    ...(Object.keys(members('properties')).length > 0 ? { properties: members('properties') } : {}),
  }
}

/** Within the same file: "#", "#/$defs/order" and anchors are not followed further. */
function referred(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  const steps = decodeURIComponent(reference.slice(1)).split('/').slice(1)
  return steps.reduce<unknown>((at, step) => membersOf(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')], root)
}

function kindOf(schema: Schema): string {
  if ('properties' in schema || 'required' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  return 'minimum' in schema || 'maximum' in schema || 'multipleOf' in schema ? 'number' : 'string'
}

function sampleObject(schema: Schema, walk: Walk): unknown {
  const properties = membersOf(schema['properties'])
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]).map(String) : []
  const wanted = walk.size === 'all' && walk.depth < DEPTH_MAX / 2 ? Object.keys(properties) : []
  const names = walk.depth > DEPTH_MAX ? [] : new Set([...required, ...wanted])
  return Object.fromEntries([...names].map((name) => [name, sample(properties[name], walk)]))
}

function sampleArray(schema: Schema, walk: Walk): unknown {
  const prefix = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'] as unknown[]) : []
  const least = Math.max(Number(schema['minItems'] ?? 0), walk.size === 'all' && walk.depth < DEPTH_MAX / 2 ? 1 : 0)
  const most = Math.min(Number(schema['maxItems'] ?? ITEMS_MAX), Math.max(least, prefix.length))
  return Array.from({ length: most }, (_, i) => distinct(sample(prefix[i] ?? schema['items'], walk), i, schema))
}

/** Where items must differ, a number or a text can be made to. */
function distinct(value: unknown, i: number, { uniqueItems }: Schema): unknown {
  if (uniqueItems !== true || i === 0) return value
  if (typeof value === 'number') return value + i
  return typeof value === 'string' ? value + String(i) : value
}

function sampleNumber(schema: Schema, isWhole: boolean): number {
  const step = Number(schema['multipleOf'] ?? (isWhole ? 1 : 0))
  const above = schema['exclusiveMinimum']
  const spare = step || Number.EPSILON * 2 ** 20
  const least = Math.max(
    Number(schema['minimum'] ?? -Infinity),
    above === undefined ? -Infinity : Number(above) + spare,
  )
  const below = schema['exclusiveMaximum']
  const most = Math.min(Number(schema['maximum'] ?? Infinity), below === undefined ? Infinity : Number(below) - spare)
  const wished = Math.min(Math.max(1, least), most)
  if (step === 0) return wished
  const up = Math.ceil(wished / step) * step
  return up <= most ? up : Math.floor(most / step) * step
}

function sampleText(schema: Schema): string {
  const { format, pattern } = schema
  const least = Number(schema['minLength'] ?? 0)
  const most = Number(schema['maxLength'] ?? Infinity)
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  const filled = TEXT.repeat(Math.ceil(Math.max(least, TEXT.length) / TEXT.length)).slice(0, Math.max(least, 4))
  const candidates = [...(known === undefined ? [] : [known]), filled.slice(0, most), ...WORDS, ...LONGER_WORDS]
  const expression = typeof pattern === 'string' ? new RegExp(pattern, 'u') : /^/
  const fits = (text: string): boolean => text.length >= least && text.length <= most && expression.test(text)
  return candidates.find(fits) ?? filled
}

function membersOf(value: unknown): Schema {
  return isSchema(value) ? value : {}
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
