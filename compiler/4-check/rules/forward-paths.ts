import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** The path that goes on to an upstream is one that it reads as it was meant. */
export function forwardPaths({ routes }: LinkedConfig, report: Report): void {
  for (const { forward } of routes) {
    if (forward === null) continue
    const path = forward.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('')
    const problem = problemOf(path)
    if (problem !== null) report('forward-wrong-form', forward.at, { problem })
  }
}

function problemOf(path: string): string | null {
  if (path.includes('?')) return 'it holds a "?", but the caller\'s query goes on behind it'
  if (path.includes('#')) return 'it holds a "#", which is never sent'
  if (/[{}]/.test(path)) return 'a brace in it belongs to no parameter'
  if (/[\\;"<>^`|]/.test(path)) return 'it holds a character that servers read differently'
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'a "%" in it is not followed by two hex digits'
  if (path.includes('//')) return 'it holds "//"'
  return /(^|\/)\.{1,2}(\/|$)/.test(path) ? 'it holds a "." or ".." segment' : null
}
