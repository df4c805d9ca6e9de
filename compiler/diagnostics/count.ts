import type { Diagnostic } from './locate.ts'

export interface SeverityCount {
  readonly errors: number
  readonly warnings: number
}

export function countSeverities(diagnostics: readonly Diagnostic[]): SeverityCount {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: diagnostics.length - errors }
}
