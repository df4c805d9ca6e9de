import { printable } from '../diagnostics/printable.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { CompiledExpression } from '../expressions/expression.ts'

/** A function an expression, its place and its own text before it. */
export function expressionLines(
  expressions: readonly CompiledExpression[],
  noteOf: (pointer: Pointer) => string,
): string[] {
  if (expressions.length === 0) return ['  expressions: () => [],']
  const lines = expressions.flatMap(({ at, text, code }, i) => [
    // No character of it ends the line: control characters and the like are escaped.
    `    // ${noteOf(at)} ${printable(JSON.stringify(text))}`,
    `    /* ${i} */ ${code},`,
  ])
  // Compilers complain of what is declared and not used.
  const taken = expressions.some(({ code }) => code.includes('cel.')) ? 'cel' : ''
  return [`  expressions: (${taken}) => [`, ...lines, '  ],']
}
