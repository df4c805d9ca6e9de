import { parse } from '@bufbuild/cel'

/** The library's tree. */
export type Expr = ReturnType<typeof parse>['expr']

export interface ParsedExpression {
  readonly expr: Expr
  /** Where a part begins in the text, in UTF-16 units. */
  readonly offsetOf: (part: Expr) => number
  /** The macro that a loop was written as, such as "exists". */
  readonly macroOf: (loop: Expr) => string
}

export interface ParseProblem {
  readonly problem: string
  readonly offset: number
}

/** Far more than a person reads. */
const CHARACTERS_MAX = 16_384

/** Parses an expression; says why it is none. */
export function parseExpression(text: string): ParsedExpression | ParseProblem {
  if (text.length > CHARACTERS_MAX) return { problem: `it has more than ${CHARACTERS_MAX} characters`, offset: 0 }
  try {
    const { expr, sourceInfo } = parse(text)
    return {
      expr,
      offsetOf: (part) => sourceInfo?.positions[String(part.id)] ?? 0,
      macroOf: (loop) => {
        const call = sourceInfo?.macroCalls[String(loop.id)]?.exprKind
        return call?.case === 'callExpr' ? call.value.function : ''
      },
    }
  } catch (error) {
    // The parser says what is wrong by throwing; what nests too deeply exhausts the stack that it recurses on.
    if (error instanceof RangeError) return { problem: 'it nests too deeply', offset: 0 }
    if (!(error instanceof Error)) throw error
    return { problem: problemOf(error.message), offset: offsetOf(error) }
  }
}

/** Without the place, which is told by itself, and without the list of all that could have stood there. */
function problemOf(message: string): string {
  const [problem = ''] = message.replace(/^<input>:\d+:\d+: /, '').split(' but expecting ')
  return problem === 'found end of input' ? 'it ends too early' : problem
}

function offsetOf(error: Error): number {
  if (!('location' in error)) return 0
  // Safe: the parser's own errors have a location of this shape.
  const { location } = error as { readonly location?: { readonly start?: { readonly offset?: number } } }
  return location?.start?.offset ?? 0
}
