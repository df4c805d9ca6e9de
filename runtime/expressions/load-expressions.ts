import type { Expression } from '../../schemas/expression.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { STEPS_MAX, type Budget } from './budget.ts'
import { createFunctions } from './functions.ts'

/** Makes a table's expressions ready: each evaluation begins with all of its steps. */
export function loadExpressions(table: GatewayTable): readonly Expression[] {
  const budget: Budget = { left: STEPS_MAX }
  return table.expressions(createFunctions(budget)).map((expression) => (environment) => {
    budget.left = STEPS_MAX
    return expression(environment)
  })
}
