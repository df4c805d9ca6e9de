import type { QueryParameter } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import { createBodyAjv } from '../../6-emit/body-ajv.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { isSchemaObject, type SchemaObject } from '../json-schema/subschemas.ts'
import { writtenAt } from '../written.ts'

const OF_TEXT = ['minLength', 'maxLength', 'pattern', 'format']
const OF_NUMBERS = ['minimum', 'maximum']
const OF_LISTS = ['minItems', 'maxItems', 'uniqueItems', 'items']
const KEYWORDS = [...OF_TEXT, ...OF_NUMBERS, ...OF_LISTS]
/** Which keywords say something of a value, by how it is read. */
const KEYWORDS_OF: Readonly<Record<QueryParameter['type'] | 'array', readonly string[]>> = {
  string: OF_TEXT,
  integer: OF_NUMBERS,
  number: OF_NUMBERS,
  boolean: [],
  array: OF_LISTS,
}
const BOUNDS = [
  ['minLength', 'maxLength'],
  ['minimum', 'maximum'],
  ['minItems', 'maxItems'],
] as const

/** What is written of a parameter checks something, lets something through, and agrees with the route's match. */
export function queryParameters({ routes }: LinkedConfig, report: Report, { raw }: Given): void {
  for (const route of routes) {
    for (const parameter of route.query ?? []) {
      const written = writtenAt(raw, parameter.at)
      if (isSchemaObject(written)) checkParameter(parameter, written, report)
    }
    checkMatch(route, report)
  }
}

function checkParameter(parameter: QueryParameter, written: SchemaObject, report: Report): void {
  const { at, name, type, repeated } = parameter
  const { items } = written
  if (!repeated) return checkValue(at, name, type, written, report)
  checkValue(at, name, 'array', written, report)
  checkValue(pointTo(at, 'items'), name, type, isSchemaObject(items) ? items : {}, report)
}

function checkValue(
  at: Pointer,
  name: string,
  type: keyof typeof KEYWORDS_OF,
  written: SchemaObject,
  report: Report,
): void {
  for (const keyword of KEYWORDS) {
    if (written[keyword] === undefined || KEYWORDS_OF[type].includes(keyword)) continue
    const hint = 'type' in written ? undefined : 'It is read as text because no "type" says otherwise.'
    report('query-keyword-ignored', { key: pointTo(at, keyword) }, { name, type, keyword }, { hint })
  }
  for (const [least, most] of BOUNDS) {
    const [min, max] = [written[least], written[most]]
    if (typeof min === 'number' && typeof max === 'number' && min > max)
      report('query-never-valid', pointTo(at, least), { name, problem: `"${least}" is above "${most}"` })
  }
  const values = written['enum']
  if (!Array.isArray(values)) return
  for (const [i, value] of values.entries()) {
    if (isOfType(value, type)) continue
    const problem = `it is read as ${type}, and ${JSON.stringify(value)} is none`
    report('query-never-valid', pointTo(at, 'enum', i), { name, problem })
  }
}

function isOfType(value: unknown, type: keyof typeof KEYWORDS_OF): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

/** A query is closed: what a match asks for must be declared, and let through. */
function checkMatch(route: LinkedRoute, report: Report): void {
  const { match, query } = route
  if (match === null || query === null) return
  for (const [name, value] of match.query) {
    const parameter = query.find((candidate) => candidate.name === name)
    if (parameter !== undefined && isTaken(value, parameter)) continue
    const where = match.at === pointTo(route.at, 'match') ? pointTo(match.at, 'query', name) : { key: route.at }
    report('match-query-refused', where, { route: route.name, name, value })
  }
}

function isTaken(text: string, { type, repeated, schema }: QueryParameter): boolean {
  const value = type === 'string' ? text : type === 'boolean' ? text === 'true' : Number(text)
  return createBodyAjv().validate(schema, repeated ? [value] : value) === true
}
