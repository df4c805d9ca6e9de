import { celEnv, isCelError, parse, plan, run, type CelInput, type CelValue } from '@bufbuild/cel'
import type { ExpressionEnvironment } from '../../../../schemas/expression.ts'

const ENVIRONMENT = celEnv()

/** What the library's own evaluator makes of an expression, an error for what it throws. */
export function evaluateByLibrary(text: string, environment: ExpressionEnvironment): unknown {
  try {
    return plan(ENVIRONMENT, parse(text))(bindingsOf(environment))
  } catch {
    // Some errors of an evaluation are thrown: a list asked for its item 1.5, for one.
    return undefined
  }
}

/** An environment of ours, as the library takes it. */
function bindingsOf({ key, claims, request }: ExpressionEnvironment): Record<string, CelInput> {
  const { timeMs, ...rest } = request
  return {
    key: mapOf({ ...key, metadata: mapOf(key.metadata) }),
    claims: fromJson(claims),
    request: mapOf({ ...rest, time: timeOf(timeMs) }),
  }
}

function mapOf(members: Readonly<Record<string, unknown>>): CelInput {
  // Safe: what tests put in are texts, lists and maps of them.
  return new Map(Object.entries(members)) as CelInput
}

function fromJson(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value !== 'object' || value === null) {
    // Safe: what is left of JSON.
    return value as CelInput
  }
  return new Map(Object.entries(value).map(([name, member]) => [name, fromJson(member)])) as CelInput
}

function timeOf(ms: number): CelValue {
  const time = run(`timestamp("${new Date(ms).toISOString()}")`)
  if (isCelError(time)) throw time
  return time
}
