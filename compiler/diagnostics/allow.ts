import type { FindSpan } from '../1-load/places.ts'
import type { Source } from '../1-load/source.ts'
import { CATALOG } from './catalog.ts'
import { indexLines } from './line-index.ts'
import type { Problem } from './report.ts'

const ALLOW = /^\s*#\s*keysmith allow ([a-z0-9-]+):\s*\S/

/** Leaves out the warnings that a comment on the line above allows: "# keysmith allow <code>: reason". Errors stay. */
export function dropAllowed(problems: readonly Problem[], findSpan: FindSpan, sources: readonly Source[]): Problem[] {
  const placeOf = indexLines('/')
  const allowedIn = new Map(sources.map(({ path, text }) => [path, allowedByLine(text)]))
  return problems.filter((problem) => {
    if (CATALOG[problem.code].severity === 'error') return true
    const span = findSpan(problem.where)
    if (span === null) return true
    return allowedIn.get(span.source.path)?.get(placeOf(span).line)?.has(problem.code) !== true
  })
}

/** The codes that the comments right above a line allow in it, by the line's number from 1. Several may stand there. */
function allowedByLine(text: string): Map<number, ReadonlySet<string>> {
  const byLine = new Map<number, ReadonlySet<string>>()
  let codes = new Set<string>()
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*#/.test(line)) {
      const code = ALLOW.exec(line)?.[1]
      if (code !== undefined) codes.add(code)
    } else if (codes.size > 0) {
      byLine.set(i + 1, codes)
      codes = new Set()
    }
  }
  return byLine
}
