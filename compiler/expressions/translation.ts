import type { DiagnosticCode } from '../diagnostics/catalog.ts'
import type { Extra, ParamsOf } from '../diagnostics/report.ts'
import type { ExpressionSource } from './expression.ts'
import type { Expr, ParsedExpression } from './parse-expression.ts'
import type { ReadPattern } from './read-pattern.ts'
import { DYN, type CelType } from './types.ts'

/** A part of an expression: what it gives, and the TypeScript that works it out. */
export interface Translated {
  readonly type: CelType
  readonly code: string
}

/** Stands for a part with a mistake that was told: it fits anywhere, so that nothing follows from it. */
export const MISTAKEN: Translated = { type: DYN, code: 'undefined' }

interface NamesRead {
  readonly read: Set<string>
  readonly tested: Set<string>
}

/** What a translation gathers while it walks an expression. */
export interface Gathered {
  readonly key: Set<string>
  /** Names whose absence would be an error, and names that are tested for. */
  readonly metadata: NamesRead
  readonly claimNames: NamesRead
  readonly request: Set<string>
  readonly headers: Set<string>
  /** True once a header's name is worked out. */
  allHeaders: boolean
  claims: boolean
  /** Names of macros that are used. */
  readonly locals: Set<string>
  /** True once that was told. */
  isTooDeep: boolean
}

/** Names that a macro gave to what it looks at, with the names that they have in the code. */
export type Scope = ReadonlyMap<string, Translated>

export interface Translation {
  readonly source: ExpressionSource
  readonly parsed: ParsedExpression
  readonly gathered: Gathered
  readonly readPattern: ReadPattern
  readonly tell: <C extends DiagnosticCode>(
    code: C,
    part: Expr,
    params: ParamsOf<C>,
    extra?: Extra & { readonly name?: string },
  ) => Translated
  /** Translates a part one level further down. */
  readonly translate: (part: Expr, scope: Scope, depth: number) => Translated
}

/** How deep parts may stand in each other. */
export const DEPTH_MAX = 200
