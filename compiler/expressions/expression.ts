import type { Pointer } from '../diagnostics/report.ts'

/**
 * What an expression may name: a condition `key`, `claims` and `request`, one of a public route only `request`, and one that
 * reads a token only `claims`.
 */
export type EnvironmentKind = 'condition' | 'request' | 'claims'

/** What its value must be. A value that is worked out from claims is known only when it is evaluated. */
export type ExpectedType = 'bool' | 'string' | 'list(string)'

export interface ExpressionSource {
  /** Where the text stands. */
  readonly at: Pointer
  readonly text: string
  readonly environment: EnvironmentKind
  readonly expected: ExpectedType
  /** Names in the route's path. */
  readonly parameters: readonly string[]
}

export interface CompiledExpression {
  readonly at: Pointer
  readonly text: string
  /** A TypeScript function that takes the environment, in a scope where `cel` holds CEL's functions. */
  readonly code: string
  readonly reads: ExpressionReads
}

export interface ExpressionReads {
  /** Members of `key`, such as "tenant". */
  readonly key: readonly string[]
  /** Names of `key.metadata` without which its value is an error, on some way through it. */
  readonly metadata: readonly string[]
  /** The same of `claims`. */
  readonly claims: readonly string[]
  /** Members of `request`. */
  readonly request: readonly string[]
  /** Names of headers, or "all" when a name is worked out. */
  readonly headers: readonly string[] | 'all'
}
