import type { CompiledExpression } from '../expressions/expression.ts'

/** The expressions of a table while it is made. */
export interface ExpressionList {
  readonly all: readonly CompiledExpression[]
  /** The position of an expression: those of one code share it. */
  readonly place: (expression: CompiledExpression) => number
}

export function createExpressionList(): ExpressionList {
  const all: CompiledExpression[] = []
  const positions = new Map<string, number>()
  return {
    all,
    place: (expression) => {
      const position = positions.get(expression.code) ?? all.push(expression) - 1
      positions.set(expression.code, position)
      return position
    },
  }
}
