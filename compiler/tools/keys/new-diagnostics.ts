import type { Diagnostic } from '../../diagnostics/locate.ts'

/** What a config has to say only since it was edited. */
export function newDiagnostics(before: readonly Diagnostic[], after: readonly Diagnostic[]): Diagnostic[] {
  const known = new Set(before.map(({ code, message }) => `${code} ${message}`))
  return after.filter(({ code, message }) => !known.has(`${code} ${message}`))
}
