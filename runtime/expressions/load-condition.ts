import type { Expression } from '../../schemas/expression.ts'
import type { ConditionRow } from '../../schemas/table.ts'

/** A route's condition, made ready. */
export interface LoadedCondition {
  readonly evaluate: Expression
  readonly readsParams: boolean
  readonly readsQuery: boolean
  readonly readsQueryAll: boolean
}

/** @throws When its expression is not there: the table is not one that the compiler wrote. */
export function loadCondition(
  { expression, reads }: ConditionRow,
  expressions: readonly Expression[],
): LoadedCondition {
  const evaluate = expressions[expression]
  if (evaluate === undefined) throw new RangeError(`the table has no expression ${expression} where one is named`)
  return {
    evaluate,
    readsParams: reads.includes('params'),
    readsQuery: reads.includes('query'),
    readsQueryAll: reads.includes('queryAll'),
  }
}
