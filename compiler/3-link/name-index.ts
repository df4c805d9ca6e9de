import type { DiagnosticCode } from '../diagnostics/catalog.ts'
import { didYouMean } from '../diagnostics/did-you-mean.ts'
import type { Report, Where } from '../diagnostics/report.ts'

/** Stands for a name that resolved to nothing. The reported error keeps it out of the table. */
export const UNRESOLVED = -1

/** The codes of names that are used and not declared. They have one parameter. */
export type UnknownNameCode = Extract<DiagnosticCode, `${string}-unknown`>

/** Resolves names of one kind to positions. */
export interface NameIndex {
  /** The position of a name, or `UNRESOLVED`; then it will be reported by `reportUnknown`. */
  readonly resolve: (name: string, where: Where) => number
  /** Reports each name that was not found once, at its first use, the other uses beside it. */
  readonly reportUnknown: (report: Report) => void
}

/** @param names What is declared, in order. */
export function indexNames(code: UnknownNameCode, names: readonly string[]): NameIndex {
  const positions = new Map(names.map((name, position) => [name, position]))
  const unknown = new Map<string, Where[]>()
  return {
    resolve: (name, where) => {
      const position = positions.get(name)
      if (position !== undefined) return position
      unknown.set(name, [...(unknown.get(name) ?? []), where])
      return UNRESOLVED
    },
    reportUnknown: (report) => {
      for (const [name, [first, ...others]] of unknown) {
        if (first === undefined) continue
        const related = others.map((where) => ({ message: 'also used here', where }))
        report(code, first, { name }, { hint: didYouMean(name, names), related })
      }
    },
  }
}
