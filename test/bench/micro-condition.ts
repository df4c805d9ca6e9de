import { compileExpression } from '../../compiler/expressions/compile-expression.ts'
import { createPatternReader } from '../../compiler/expressions/read-pattern.ts'
import { STEPS_MAX } from '../../runtime/expressions/budget.ts'
import { createFunctions } from '../../runtime/expressions/functions.ts'
import type { Expression, ExpressionEnvironment, ExpressionFunctions } from '../../schemas/expression.ts'
import { median } from './statistics.ts'

const CONDITION = 'key.metadata.region == "eu" && !("x-dry-run" in request.headers)'
const BATCHES = 200
const BATCH = 5_000
const NANOS_PER_MS = 1_000_000

const ENVIRONMENT: ExpressionEnvironment = {
  key: { id: 'mobile', tenant: 'globex', scopes: ['orders:write'], roles: [], metadata: { region: 'eu' } },
  claims: {},
  request: {
    method: 'DELETE',
    path: '/v1/orders/7',
    params: new Map([['orderId', '7']]),
    query: new Map(),
    queryAll: new Map(),
    headers: new Map([['accept', '*/*']]),
    address: '192.0.2.1',
    timeMs: 0,
  },
}

/** What evaluating a condition costs, in nanoseconds, the median over batches. @throws When it does not hold. */
export function measureCondition(): number {
  const expression = compileCondition()
  const nanos = Array.from({ length: BATCHES }, () => {
    const begun = performance.now()
    let holding = 0
    for (let i = 0; i < BATCH; i++) if (expression(ENVIRONMENT) === true) holding++
    const tookMs = performance.now() - begun
    if (holding < BATCH) throw new Error('the condition of the benchmark does not hold')
    return (tookMs * NANOS_PER_MS) / BATCH
  })
  return median(nanos)
}

function compileCondition(): Expression {
  const problems: string[] = []
  const compiled = compileExpression(
    { at: '', text: CONDITION, environment: 'condition', expected: 'bool', parameters: [] },
    (code) => problems.push(code),
    createPatternReader(),
  )
  if (compiled === null) throw new Error(`the condition of the benchmark is wrong: ${problems.join(', ')}`)
  // Safe: it is the compiler's own code, of the shape that tables have.
  const make = new Function('cel', `return ${compiled.code}`) as (cel: ExpressionFunctions) => Expression
  return make(createFunctions({ left: STEPS_MAX }))
}
