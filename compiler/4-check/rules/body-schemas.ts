import type { ErrorObject } from 'ajv'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { createBodyAjv } from '../../6-emit/body-ajv.ts'
import { didYouMean } from '../../diagnostics/did-you-mean.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { bodySchemaFiles, type BodySchemaFile } from '../json-schema/body-schemas.ts'
import { findDoubling } from '../json-schema/doubling.ts'
import { endlessPlaces } from '../json-schema/endless.ts'
import { referencesOf } from '../json-schema/references.ts'
import { stepsOf } from '../json-schema/steps.ts'
import { isSchemaObject, subschemasOf, withoutChildren, type Subschema } from '../json-schema/subschemas.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'
/** Known to ajv, and not what a body is validated with: promises, and what older drafts and other languages had. */
const NOT_OURS = new Set(['$async', '$recursiveRef', '$recursiveAnchor', 'id', 'nullable', '$vocabulary'])

/** Every body schema compiles, stands in one file, and comes to an end. */
export function bodySchemas(config: LinkedConfig, report: Report, { raw }: Given): void {
  const files = bodySchemaFiles(config, raw)
  for (const file of files) {
    if (!isReadable(file, report)) continue
    const subschemas = subschemasOf(file.at, file.schema)
    const problems = reportWords(subschemas, report) + reportReferences(file, report)
    if (problems > 0) continue
    reportCompile(file, subschemas, report)
    reportUniqueItems(file, subschemas, report)
  }
  reportIds(files, report)
}

/** Holds a schema against the language of schemas. */
function isReadable({ at, schema }: BodySchemaFile, report: Report): boolean {
  const dialect = isSchemaObject(schema) ? (schema['$schema'] ?? DIALECT) : DIALECT
  if (dialect !== DIALECT) {
    const problem = `body schemas are JSON Schema 2020-12, not ${JSON.stringify(dialect)}`
    report('schema-invalid', pointTo(at, '$schema'), { problem }, { hint: `Write "$schema": "${DIALECT}".` })
    return false
  }
  const ajv = createBodyAjv()
  // Anything but an object or a boolean is told of like any other mistake.
  if (ajv.validateSchema(schema as object) === true) return true
  const told = new Set<string>()
  for (const error of ajv.errors ?? []) {
    const { instancePath, message = 'is not a schema' } = error
    if (told.has(instancePath)) continue
    told.add(instancePath)
    report('schema-invalid', inFile(at, at + instancePath), { problem: `it ${message}` }, { hint: allowedHint(error) })
  }
  return false
}

/** The pointer of a whole file is that of its name; one step further leads into it. */
function inFile(file: Pointer, at: Pointer): Pointer {
  return at === file ? `${file}/` : at
}

function allowedHint({ params }: ErrorObject): string | undefined {
  const allowed: unknown = params['allowedValues']
  return Array.isArray(allowed) ? `One of: ${allowed.join(', ')}.` : undefined
}

function reportWords(subschemas: readonly Subschema[], report: Report): number {
  const ajv = createBodyAjv()
  const keywords = Object.keys(ajv.RULES.keywords).filter((keyword) => !NOT_OURS.has(keyword))
  const known = new Set(keywords)
  const formats = Object.keys(ajv.formats)
  let count = 0
  for (const { at, schema } of subschemas) {
    for (const keyword of Object.keys(schema)) {
      if (known.has(keyword)) continue
      count++
      report(
        'schema-unknown-keyword',
        { key: pointTo(at, keyword) },
        { keyword },
        { hint: didYouMean(keyword, keywords) },
      )
    }
    const { format } = schema
    if (typeof format !== 'string' || formats.includes(format)) continue
    count++
    report('schema-unknown-format', pointTo(at, 'format'), { format }, { hint: didYouMean(format, formats) })
  }
  return count
}

function reportReferences({ at, schema }: BodySchemaFile, report: Report): number {
  const lost = referencesOf(at, schema).filter(({ target, text }) => target === null && text !== DIALECT)
  for (const reference of lost) report('schema-ref-unresolved', reference.at, { ref: reference.text })
  if (lost.length > 0) return lost.length
  const steps = stepsOf(at, schema)
  const endless = endlessPlaces(steps)
  for (const place of endless) report('schema-endless', { key: inFile(at, place) }, {})
  if (endless.length > 0) return endless.length
  const doubling = findDoubling(steps)
  const hint = 'Choose the branch by what tells them apart, with "if" and "then".'
  if (doubling !== null) report('schema-exponential', { key: inFile(at, doubling) }, {}, { hint })
  return doubling === null ? 0 : 1
}

/** Elements that are compared with each other, and one request may hold: about a second. */
const COMPARED_BYTES_MAX = 1e9
const SCALARS = new Set(['string', 'number', 'integer', 'boolean', 'null'])

/** Elements of known simple types are looked up; all others are compared each with each. */
function reportUniqueItems({ bodyBytesMax }: BodySchemaFile, subschemas: readonly Subschema[], report: Report): void {
  for (const { at, schema } of subschemas) {
    const { uniqueItems, maxItems, items } = schema
    const types = isSchemaObject(items) ? [items['type']].flat() : []
    const isLookedUp = types.length > 0 && types.every((type) => SCALARS.has(String(type)))
    const max = typeof maxItems === 'number' ? maxItems : bodyBytesMax
    if (uniqueItems !== true || isLookedUp || max * bodyBytesMax <= COMPARED_BYTES_MAX) continue
    const hint = `Write "maxItems" beside it, at most ${Math.floor(COMPARED_BYTES_MAX / bodyBytesMax)}.`
    report('schema-slow-unique-items', { key: pointTo(at, 'uniqueItems') }, { bytes: String(bodyBytesMax) }, { hint })
  }
}

/** ajv says what is wrong, seldom where: the schema that fails the same way when it stands alone is the place. */
function reportCompile({ at, schema }: BodySchemaFile, subschemas: readonly Subschema[], report: Report): void {
  // Safe: it has been held against the language of schemas.
  const problem = compileProblem(createBodyAjv(), schema as object)
  if (problem === null) return
  const alone = createBodyAjv()
  const culprit = subschemas.find((subschema) => compileProblem(alone, withoutChildren(subschema.schema)) === problem)
  report('schema-invalid', inFile(at, culprit?.at ?? at), { problem })
}

function compileProblem(ajv: ReturnType<typeof createBodyAjv>, schema: object): string | null {
  try {
    ajv.compile(schema)
    return null
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.replace(/^strict mode: /, '').replace(/ at path "[^"]*"$/, '')
  }
}

/** All schemas are compiled together: an "$id" names one of them. */
function reportIds(files: readonly BodySchemaFile[], report: Report): void {
  const firsts = new Map<string, string>()
  for (const { at, schema } of files) {
    for (const subschema of subschemasOf(at, schema)) {
      const id = subschema.schema['$id']
      if (typeof id !== 'string') continue
      const where = pointTo(subschema.at, '$id')
      const first = firsts.get(id)
      if (first === undefined) firsts.set(id, where)
      else report('schema-duplicate-id', where, { id }, { related: [{ message: 'first used here', where: first }] })
    }
  }
}
