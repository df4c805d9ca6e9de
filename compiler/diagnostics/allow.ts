import type { FindSpan } from '../1-load/places.ts'
import type { Source } from '../1-load/source.ts'
import { CATALOG } from './catalog.ts'
import type { Problem } from './report.ts'

const ALLOW = /^\s*#\s*keysmith allow ([a-z0-9-]+):\s*\S/

/** Leaves out the warnings that a comment on the line above allows: "# keysmith allow <code>: reason". Errors stay. */
export function dropAllowed(problems: readonly Problem[], findSpan: FindSpan, sources: readonly Source[]): Problem[] {
  const linesByPath = new Map(sources.map((source) => [source.path, source.text.split('\n')]))
  return problems.filter((problem) => {
    if (CATALOG[problem.code].severity === 'error') return true
    const span = findSpan(problem.where)
    if (span === null) return true
    const lines = linesByPath.get(span.source.path) ?? []
    const line = span.source.text.slice(0, span.from).split('\n').length - 1
    return !isAllowed(lines, line, problem.code)
  })
}

/** Several such comments may stand above one line. */
function isAllowed(lines: readonly string[], line: number, code: string): boolean {
  for (let above = line - 1; above >= 0; above--) {
    const text = lines[above] ?? ''
    if (!/^\s*#/.test(text)) return false
    if (ALLOW.exec(text)?.[1] === code) return true
  }
  return false
}
