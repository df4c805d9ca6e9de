import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report, type Where } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { bodySchemaFiles } from '../json-schema/body-schemas.ts'
import { isSchemaObject, subschemasOf } from '../json-schema/subschemas.ts'
import { patternCost, type PatternCost } from '../pattern-cost.ts'

/** One pattern that callers' text is held against. */
interface Pattern {
  readonly where: Where
  readonly source: string
  /** The longest text that it may see, and the most that one request may bring of such texts. */
  readonly textMax: number
  readonly requestMax: number
}

/** A request may cost this many steps of a pattern: about a second. */
const STEPS_MAX = 1e9
/** All patterns of a config together; what is left over is not proved. */
const CHECK_MS_MAX = 5_000

/** Text comes from callers: a pattern whose work explodes on some text would stop a thread. */
export function patterns(config: LinkedConfig, report: Report, given: Given): void {
  const costs = new Map<string, PatternCost>()
  const startMs = performance.now()
  for (const pattern of [...queryPatterns(config), ...bodyPatterns(config, given)]) {
    // One that does not compile is told of with its schema.
    if (!isRegularExpression(pattern.source)) continue
    const isLate = performance.now() - startMs > CHECK_MS_MAX
    const cost = costs.get(pattern.source) ?? (isLate ? TOO_MANY : patternCost(pattern.source))
    costs.set(pattern.source, cost)
    reportCost(pattern, cost, report)
  }
}

const TOO_MANY: PatternCost = { kind: 'unknown', reason: 'there are too many' }

function reportCost({ where, textMax, requestMax }: Pattern, cost: PatternCost, report: Report): void {
  if (cost.kind === 'exponential') report('pattern-exponential', where, { attack: cost.attack })
  else if (cost.kind === 'unknown') report('pattern-not-proved', where, { reason: cost.reason })
  else if (cost.kind === 'polynomial' && requestMax * textMax ** (cost.degree - 1) > STEPS_MAX) {
    const hint = `Rewrite it, or write "maxLength" beside it: longer texts are then refused without it.`
    const params = { degree: String(cost.degree), bytes: String(textMax), attack: cost.attack }
    report('pattern-slow', where, params, { hint })
  }
}

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

function queryPatterns({ routes, settings }: LinkedConfig): Pattern[] {
  const requestMax = settings.requests.urlBytes
  return routes
    .flatMap(({ query }) => query ?? [])
    .flatMap(({ at, schema }) => {
      const { items } = schema
      return [
        ...ofSchema(at, schema, requestMax),
        ...(isSchemaObject(items) ? ofSchema(pointTo(at, 'items'), items, requestMax) : []),
      ]
    })
}

function bodyPatterns(config: LinkedConfig, { raw }: Given): Pattern[] {
  return bodySchemaFiles(config, raw).flatMap(({ at, schema, bodyBytesMax }) =>
    subschemasOf(at, schema).flatMap((subschema) => ofSchema(subschema.at, subschema.schema, bodyBytesMax)),
  )
}

function ofSchema(at: string, schema: Readonly<Record<string, unknown>>, requestMax: number): Pattern[] {
  const { pattern, maxLength, patternProperties } = schema
  const textMax = typeof maxLength === 'number' ? Math.min(maxLength, requestMax) : requestMax
  const names = isSchemaObject(patternProperties) ? Object.keys(patternProperties) : []
  return [
    ...(typeof pattern === 'string' ? [{ where: pointTo(at, 'pattern'), source: pattern, textMax, requestMax }] : []),
    ...names.map((source) => ({
      where: { key: pointTo(at, 'patternProperties', source) },
      source,
      textMax: requestMax,
      requestMax,
    })),
  ]
}
