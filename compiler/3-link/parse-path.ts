import type { Segment } from './linked.ts'

export interface ParsedPath {
  /** The whole path with its basePath, one slash between segments and none behind. */
  readonly path: string
  readonly segments: readonly Segment[]
  /** What is wrong with it, one clause, or null. */
  readonly problem: string | null
}

/** What a segment may hold in the form of a path that the runtime matches (RFC 3986, section 3.3, without ";"). */
const LITERAL = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%[0-9A-F]{2})+$/
const PARAMETER = /^\{([a-zA-Z][A-Za-z0-9_]*)(\.\.\.)?\}$/
/** Escapes that no path in its one form holds: unreserved characters are decoded, the others refused. */
const NEVER_MATCHED = /%(?:2[DEF]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE]|00|5C|25)/

/** Joins a basePath and a route's path and takes them apart. */
export function parsePath(basePath: string, routePath: string): ParsedPath {
  const texts = [...splitPath(basePath), ...splitPath(routePath)]
  const path = '/' + texts.join('/')
  const segments: Segment[] = []
  const names = new Set<string>()
  for (const [i, text] of texts.entries()) {
    const match = PARAMETER.exec(text)
    if (match?.[1] !== undefined) {
      const [, name, dots] = match
      if (names.has(name)) return { path, segments, problem: `the parameter {${name}} comes twice` }
      names.add(name)
      if (dots !== undefined && i < texts.length - 1)
        return { path, segments, problem: `{${name}...} takes all that is left and must come last` }
      segments.push({ kind: dots === undefined ? 'parameter' : 'rest', name })
      continue
    }
    const problem = literalProblem(text)
    if (problem !== null) return { path, segments, problem }
    segments.push({ kind: 'literal', text })
  }
  return { path, segments, problem: null }
}

/** The names of a path's parameters, in its own order. */
export function parameterNames(segments: readonly Segment[]): string[] {
  return segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
}

/** "/a/b/" has the segments a and b; a slash at an end adds none, two slashes leave an empty one between them. */
function splitPath(path: string): string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '')
  return inner === '' ? [] : inner.split('/')
}

function literalProblem(text: string): string | null {
  if (text === '') return 'a request with "//" in its path is refused'
  if (text === '.' || text === '..') return `a request with a "${text}" segment is refused`
  if (/^\{[^{}]*\}$/.test(text))
    return `the name of a parameter holds letters, digits and "_", which "${text}" does not`
  if (/[{}]/.test(text)) return `a parameter is a whole segment: "/${text}" is not`
  if (!LITERAL.test(text)) return `"${text}" holds a character that no path may hold`
  if (NEVER_MATCHED.test(text))
    return `"${text}" is not the form that paths are matched in: such escapes are decoded or refused`
  return null
}
