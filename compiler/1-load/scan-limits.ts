/** Nesting of any config is far below this; a parser that recurses is safe above it. */
const DEPTH_MAX = 64
/** Names, values and comments in all files of a config: what people write and review by hand. */
export const VALUES_MAX = 60_000

export interface LimitFault {
  readonly fault: 'too-deep' | 'too-many-values'
  /** Offset of the token that went too far. */
  readonly at: number
  readonly max: number
}

/** Looks at one token of the lexer after the other; says when a text goes too far. */
export type LimitWatch = (token: string) => LimitFault | null

/** What is left for the files of a config. */
export interface ValueBudget {
  values: number
}

/**
 * Bounds a YAML text by its tokens alone, before they become a tree, so that what recurses and keeps never sees a text made
 * to exhaust it.
 *
 * @param budget Goes down with each name, value and comment.
 */
export function watchLimits(budget: ValueBudget): LimitWatch {
  let at = 0
  let lineStart = 0
  let scalarAt = 0
  let flowDepth = 0
  /** An indicator behind an indicator stands for an empty value between them. */
  let isBehindIndicator = true
  /** Columns of the open block collections, outermost first. */
  const columns: number[] = []

  return (token) => {
    const first = token.charAt(0)
    const isIndicator = INDICATORS.has(token)
    if (token === SCALAR_FOLLOWS || NODE_STARTS.has(first) || (isIndicator && isBehindIndicator)) budget.values--
    if (token === SCALAR_FOLLOWS || QUOTES.has(first)) scalarAt = at
    if (CONTROL_TOKENS.has(token)) return null
    if (token.trim() !== '') isBehindIndicator = isIndicator
    if (token === '[' || token === '{') flowDepth++
    else if (token === ']' || token === '}') flowDepth--
    else if (flowDepth === 0 && (token === '-' || token === '?')) openBlock(columns, at - lineStart)
    // A mapping stands where its first name does, which is the scalar before this colon.
    else if (flowDepth === 0 && token === ':') openBlock(columns, Math.max(scalarAt, lineStart) - lineStart)

    if (flowDepth + columns.length > DEPTH_MAX) return { fault: 'too-deep', at, max: DEPTH_MAX }
    if (budget.values < 0) return { fault: 'too-many-values', at, max: VALUES_MAX }
    at += token.length
    const newline = token.lastIndexOf('\n')
    if (newline >= 0) lineStart = at - token.length + newline + 1
    return null
  }
}

/** The lexer's own marks; they stand for no character of the text. */
const SCALAR_FOLLOWS = '\u001f'
const QUOTES = new Set(['"', "'"])
/** A quoted scalar, a collection, an alias; an anchor, a tag or a comment, of which each node may have several. */
const NODE_STARTS = new Set(['"', "'", '[', '{', '*', '&', '!', '#'])
const INDICATORS = new Set([',', ':', '-', '?'])
const CONTROL_TOKENS = new Set(['\u0002', '\u0018', SCALAR_FOLLOWS])

/** A block indicator further left closes what was open to its right; one further right opens a level. */
function openBlock(columns: number[], column: number): void {
  while (columns.length > 0 && (columns[columns.length - 1] ?? 0) >= column) columns.pop()
  columns.push(column)
}
