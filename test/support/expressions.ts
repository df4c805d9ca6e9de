import { compileExpression } from '../../compiler/expressions/compile-expression.ts'
import type { CompiledExpression, ExpressionSource } from '../../compiler/expressions/expression.ts'
import { collectProblems, type Problem } from '../../compiler/diagnostics/report.ts'
import { createPatternReader } from '../../compiler/expressions/read-pattern.ts'
import { STEPS_MAX } from '../../runtime/expressions/budget.ts'
import { createFunctions } from '../../runtime/expressions/functions.ts'
import type { Expression, ExpressionEnvironment, ExpressionFunctions } from '../../schemas/expression.ts'

/** The parts of an expression's source that tests vary. */
export type SourceParts = Partial<Omit<ExpressionSource, 'at' | 'text'>>

/** One for all expressions of a test file, which write the same few patterns again and again. */
const readPattern = createPatternReader()

/** Compiles an expression alone, with the problems that it has. */
export function compileAlone(
  text: string,
  parts: SourceParts = {},
): { readonly compiled: CompiledExpression | null; readonly problems: readonly Problem[] } {
  const list = collectProblems()
  const source = { environment: 'condition', expected: 'bool', parameters: [], ...parts } as const
  return {
    compiled: compileExpression({ at: '/when', text, ...source }, list.report, readPattern),
    problems: list.problems(),
  }
}

/** Makes functions of the code of expressions, as a table's script does. */
export function runnable(codes: readonly string[]): Expression[] {
  const budget = { left: STEPS_MAX }
  // Safe: it is the compiler's own code, of the shape that tables have.
  const make = new Function('cel', `return [${codes.join(',\n')}]`) as (cel: ExpressionFunctions) => Expression[]
  return make(createFunctions(budget)).map((expression) => (environment) => {
    budget.left = STEPS_MAX
    return expression(environment)
  })
}

/** Evaluates an expression, which must compile. */
export function evaluate(
  text: string,
  environment: Partial<ExpressionEnvironment> = {},
  parts: SourceParts = {},
): unknown {
  const { compiled, problems } = compileAlone(text, parts)
  if (compiled === null) throw new Error(`${text}: ${JSON.stringify(problems)}`)
  const [expression] = runnable([compiled.code])
  return expression?.({ ...NOTHING_KNOWN, ...environment })
}

/** Of a key without anything, and of a request without anything. */
export const NOTHING_KNOWN: ExpressionEnvironment = {
  key: { id: 'mobile', tenant: 'acme', scopes: [], roles: [], metadata: {} },
  claims: {},
  request: {
    method: 'GET',
    path: '/v1/orders',
    params: new Map(),
    query: new Map(),
    queryAll: new Map(),
    headers: new Map(),
    address: '127.0.0.1',
    timeMs: 0,
  },
}
