import { CATALOG, type DiagnosticCode } from './catalog.ts'

/** A JSON pointer (RFC 6901) into the config. Below the pointer of an include's file name it goes on inside that file. */
export type Pointer = string

/**
 * What a problem points at: a value, a member's name, a stretch of a value that is text, or a stretch of a file that has no
 * pointer (offsets in UTF-16 units).
 */
export type Where =
  | Pointer
  | { readonly key: Pointer }
  | { readonly value: Pointer; readonly from: number; readonly to: number }
  | { readonly file: string; readonly from: number; readonly to: number }

/** The names in braces, so that forgetting or misspelling one is a type error. */
type Braced<M extends string> = M extends `${string}{${infer Name}}${infer Rest}` ? Name | Braced<Rest> : never
export type ParamsOf<C extends DiagnosticCode> = Readonly<Record<Braced<(typeof CATALOG)[C]['message']>, string>>

export interface Related {
  readonly message: string
  readonly where: Where
}

export interface Extra {
  /** What to type instead. */
  readonly hint?: string | undefined
  /** Other places that disagree, or that depend on this one. */
  readonly related?: readonly Related[]
  /** The place itself must not be shown: a secret stands there. */
  readonly isHidden?: boolean
}

/** Takes down one problem. Phases call it and go on. */
export type Report = <C extends DiagnosticCode>(code: C, where: Where, params: ParamsOf<C>, extra?: Extra) => void

export interface Problem extends Extra {
  readonly code: DiagnosticCode
  readonly where: Where
  readonly params: Readonly<Record<string, string>>
}

export interface ProblemList {
  readonly report: Report
  /** What was told, in the order of telling. Beyond `PROBLEMS_MAX` of a severity they are only counted, by the last one. */
  readonly problems: () => readonly Problem[]
  readonly hasErrors: () => boolean
}

/** More than anybody reads, and few enough to be located at once. */
const PROBLEMS_MAX = 1_000

/** A report that keeps what it is told. */
export function collectProblems(): ProblemList {
  const problems: Problem[] = []
  const counts = { error: 0, warning: 0 }
  let firstLeftOut: Where = ''
  let leftOut = 0
  return {
    report: (code, where, params, extra) => {
      const { severity } = CATALOG[code]
      if (++counts[severity] <= PROBLEMS_MAX) problems.push({ code, where, params, ...extra })
      else if (leftOut++ === 0) firstLeftOut = where
    },
    problems: () => {
      if (leftOut === 0) return problems
      return [...problems, { code: 'problems-too-many', where: firstLeftOut, params: { count: String(leftOut) } }]
    },
    hasErrors: () => counts.error > 0,
  }
}

/** Appends one member name or position to a pointer. */
export function pointTo(pointer: Pointer, ...segments: readonly (string | number)[]): Pointer {
  return pointer + segments.map((segment) => '/' + String(segment).replaceAll('~', '~0').replaceAll('/', '~1')).join('')
}

/** The segments of a pointer, unescaped. */
export function segmentsOf(pointer: Pointer): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
