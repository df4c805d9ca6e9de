import type { QueryParameterRow, ValidationError, Validator } from '../schemas/table.ts'
import type { Exchange } from './exchange.ts'
import { at } from './load-table.ts'
import { queryPairs } from './query.ts'
import { refuse, refuseFraming, type Refusal } from './refusals.ts'

/** One violation, as callers see it. */
interface Violation {
  readonly parameter: string
  readonly detail: string
}

/** @see RFC 8259, section 6. */
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const INTEGER = /^-?(0|[1-9][0-9]*)$/
const VIOLATIONS_MAX = 100

/** Holds the query against the route's parameters. Nothing else may be in it. */
export function validateQuery(exchange: Exchange): Refusal | null {
  const row = exchange.route?.row.query ?? null
  if (row === null) return null
  const pairs = queryPairs(exchange.query)
  if (pairs === null) return refuseFraming('malformed-request', 'The query holds a broken escape.')
  const violations: Violation[] = []
  const values = readValues(pairs, row.parameters, violations)
  const validator = at<Validator>(exchange.table.table.validators.queries, row.validator)
  if (!validator(values)) violations.push(...describe(validator.errors ?? [], violations))
  if (violations.length === 0) return null
  return refuse('invalid-request', { members: { errors: violations.slice(0, VIOLATIONS_MAX) } })
}

function readValues(
  pairs: readonly (readonly [string, string])[],
  parameters: readonly QueryParameterRow[],
  violations: Violation[],
): Record<string, unknown> {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, text] of pairs) {
    const parameter = byName.get(name)
    if (parameter === undefined) {
      violations.push({ parameter: name, detail: 'is not known here' })
      continue
    }
    const value = readValue(text, parameter.type)
    if (value === undefined) violations.push({ parameter: name, detail: `must be ${parameter.type}` })
    if (!parameter.repeated && Object.hasOwn(values, name))
      violations.push({ parameter: name, detail: 'must not come more than once' })
    values[name] = parameter.repeated ? [...listOf(values[name]), value] : value
  }
  return values
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Undefined for a text that cannot be read as the type says. */
function readValue(text: string, type: QueryParameterRow['type']): unknown {
  switch (type) {
    case 'string':
      return text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'integer':
      return INTEGER.test(text) ? Number(text) : undefined
    case 'number':
      return NUMBER.test(text) ? Number(text) : undefined
  }
}

/** A parameter that could not even be read is told of once. */
function describe(errors: readonly ValidationError[], told: readonly Violation[]): Violation[] {
  const known = new Set(told.map(({ parameter }) => parameter))
  return errors
    .map((error) => ({ parameter: parameterOf(error), detail: error.message ?? 'is not valid' }))
    .filter(({ parameter }) => !known.has(parameter))
}

function parameterOf({ instancePath, params }: ValidationError): string {
  const missing = params['missingProperty']
  if (typeof missing === 'string') return missing
  return (instancePath.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
}
