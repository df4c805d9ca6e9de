import { Lexer } from 'yaml'

/** Nesting of any config is far below this; a parser that recurses is safe above it. */
const DEPTH_MAX = 64
/** Scalars in one file, keys included. */
const SCALARS_MAX = 200_000

export interface LimitFault {
  readonly fault: 'too-deep' | 'too-many-values'
  /** Offset of the token that went too far. */
  readonly at: number
  readonly max: number
}

/**
 * Bounds a YAML text by its tokens alone, in one pass that keeps nothing, so that the parser proper, which recurses and
 * keeps a tree, never sees a text made to exhaust it.
 */
export function scanLimits(text: string): LimitFault | null {
  let at = 0
  let lineStart = 0
  let scalars = 0
  let scalarAt = 0
  let flowDepth = 0
  /** Columns of the open block collections, outermost first. */
  const columns: number[] = []

  for (const token of new Lexer().lex(text)) {
    if (token === SCALAR_FOLLOWS || QUOTES.has(token.charAt(0))) {
      scalars++
      scalarAt = at
    }
    if (CONTROL_TOKENS.has(token)) continue
    if (token === '[' || token === '{') flowDepth++
    else if (token === ']' || token === '}') flowDepth--
    else if (flowDepth === 0 && (token === '-' || token === '?')) openBlock(columns, at - lineStart)
    // A mapping stands where its first name does, which is the scalar before this colon.
    else if (flowDepth === 0 && token === ':') openBlock(columns, Math.max(scalarAt, lineStart) - lineStart)

    if (flowDepth + columns.length > DEPTH_MAX) return { fault: 'too-deep', at, max: DEPTH_MAX }
    if (scalars > SCALARS_MAX) return { fault: 'too-many-values', at, max: SCALARS_MAX }
    at += token.length
    const newline = token.lastIndexOf('\n')
    if (newline >= 0) lineStart = at - token.length + newline + 1
  }
  return null
}

/** The lexer's own marks; they stand for no character of the text. */
const SCALAR_FOLLOWS = '\u001f'
const QUOTES = new Set(['"', "'"])
const CONTROL_TOKENS = new Set(['\u0002', '\u0018', SCALAR_FOLLOWS])

/** A block indicator further left closes what was open to its right; one further right opens a level. */
function openBlock(columns: number[], column: number): void {
  while (columns.length > 0 && (columns[columns.length - 1] ?? 0) >= column) columns.pop()
  columns.push(column)
}
