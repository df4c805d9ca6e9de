import type { DiagnosticCode } from '../diagnostics/catalog.ts'
import { didYouMean } from '../diagnostics/did-you-mean.ts'
import type { Report, Where } from '../diagnostics/report.ts'

/** Stands for a name that resolved to nothing. The reported error keeps it out of the table. */
export const UNRESOLVED = -1

/** The codes of names that are used and not declared. They have one parameter. */
export type UnknownNameCode = Extract<DiagnosticCode, `${string}-unknown`>

/** Nobody looks further: what is wrong is the name, which a file of keys may use in every line. */
const OTHER_USES_MAX = 50

/** What is known of a name that nothing declares. */
interface UnknownName {
  readonly first: Where
  /** The next uses. */
  readonly others: Where[]
  /** How many more there are. */
  more: number
}

/** Resolves names of one kind to positions. */
export interface NameIndex {
  /** The position of a name, or `UNRESOLVED`; then it will be reported by `reportUnknown`. */
  readonly resolve: (name: string, where: Where) => number
  /** Reports each name that was not found once, at its first use, the next uses beside it. */
  readonly reportUnknown: (report: Report) => void
}

/** @param names What is declared, in order. */
export function indexNames(code: UnknownNameCode, names: readonly string[]): NameIndex {
  const positions = new Map(names.map((name, position) => [name, position]))
  const unknown = new Map<string, UnknownName>()
  return {
    resolve: (name, where) => {
      const position = positions.get(name)
      if (position !== undefined) return position
      const uses = unknown.get(name)
      if (uses === undefined) unknown.set(name, { first: where, others: [], more: 0 })
      else if (uses.others.length < OTHER_USES_MAX) uses.others.push(where)
      else uses.more++
      return UNRESOLVED
    },
    reportUnknown: (report) => {
      for (const [name, { first, others, more }] of unknown) {
        const last = more === 0 ? 'also used here' : `also used here, and in ${more} more places`
        const related = others.map((where, i) => ({
          message: i === OTHER_USES_MAX - 1 ? last : 'also used here',
          where,
        }))
        report(code, first, { name }, { hint: didYouMean(name, names), related })
      }
    },
  }
}
