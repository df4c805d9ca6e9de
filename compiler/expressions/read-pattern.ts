import { patternCost } from '../4-check/pattern-cost.ts'

/** What a pattern is in JavaScript, or why it cannot be used. */
export type PatternReading = { readonly source: string } | { readonly problem: string }

/** RE2's own limit. */
const COUNT_MAX = 1000

/**
 * The pieces of a pattern, with the flag "u". Those that are named here mean the same in RE2, which CEL's patterns are of, as
 * in JavaScript; the others are refused.
 */
const PIECES =
  /(?<escape>\\(?:x[0-9A-Fa-f]{2}|[^]|$))|(?<group>\(\?(?:P?<|[^]|$))|(?<set>\[(?:\\[^]|[^\]\\])*\]?)|(?<count>\{\d+(?:,\d*)?\})|(?<dot>\.)|[^]/gu

const SAME_ESCAPES = /^\\(?:[\^$\\.*+?()[\]{}|/dDwWbtnrfv]|x..)$/u
const SAME_IN_SETS = /^\\(?:[\^$\\.*+?()[\]{}|/dDwWtnrfv-]|x..)$/u

/** Reads patterns of `matches`: they must mean the same everywhere, and take time in proportion to the text. */
export type ReadPattern = (pattern: string) => PatternReading

/** All patterns of one reader together; what is left over is not proved. */
const CHECK_MS_MAX = 5_000

/** A reader for one config: it knows again what it has read. */
export function createPatternReader(): ReadPattern {
  const known = new Map<string, PatternReading>()
  let spentMs = 0
  return (pattern) => {
    const before = known.get(pattern)
    if (before !== undefined) return before
    if (spentMs > CHECK_MS_MAX) return { problem: 'there are too many to be looked at' }
    const startMs = performance.now()
    const reading = readPattern(pattern)
    spentMs += performance.now() - startMs
    known.set(pattern, reading)
    return reading
  }
}

function readPattern(pattern: string): PatternReading {
  let source = ''
  for (const match of pattern.matchAll(PIECES)) {
    const [piece] = match
    const problem = problemOf(piece, match.groups ?? {})
    if (problem !== null) return { problem }
    // In RE2 "." leaves out the line feed alone.
    source += match.groups?.['dot'] === undefined ? piece : '[^\\n]'
  }
  const wrong = problemOfForm(source)
  if (wrong !== null) return { problem: wrong }
  const cost = patternCost(source)
  if (cost.kind === 'linear') return { source }
  if (cost.kind === 'unknown') return { problem: `nothing shows that it is fast: ${cost.reason}` }
  return { problem: `on some text its work explodes, as on ${cost.attack}` }
}

type Groups = Readonly<Record<string, string | undefined>>

function problemOf(piece: string, { escape, group, set, count }: Groups): string | null {
  if (escape !== undefined && !SAME_ESCAPES.test(escape)) return `"${piece}" is not the same everywhere`
  if (group !== undefined && piece !== '(?:') return `groups begin with "(" or "(?:", not with "${piece}"`
  if (set !== undefined) return problemOfSet(set)
  if (count !== undefined && (piece.match(/\d+/g) ?? []).some((number) => Number(number) > COUNT_MAX)) {
    return `it counts beyond ${COUNT_MAX}`
  }
  return null
}

function problemOfSet(set: string): string | null {
  const inside = set.replace(/^\[\^?/, '').replace(/\]$/, '')
  if (inside === '') return 'a set in it is empty'
  for (const [piece] of inside.matchAll(/\\(?:x[0-9A-Fa-f]{2}|[^])|[^]/gu)) {
    if (piece === '[') return 'in a set "[" must be written "\\["'
    if (piece.startsWith('\\') && !SAME_IN_SETS.test(piece)) return `"${piece}" is not the same everywhere`
  }
  return null
}

function problemOfForm(source: string): string | null {
  try {
    new RegExp(source, 'u')
    return null
  } catch (error) {
    // It says that there is no such pattern by throwing.
    if (!(error instanceof SyntaxError)) throw error
    return error.message.replace(/^Invalid regular expression: \/[^]*\/u: /, '').toLowerCase()
  }
}
