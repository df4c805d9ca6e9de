/** When whoever presents credentials that do not hold is locked out, and for how long. */
export interface LockoutRow {
  readonly failures: number
  readonly windowMs: number
  readonly banMs: number
}

/** Sets of patterns that the runtime knows. */
export type BlockRule = 'sql-injection' | 'script-injection'
export type BlockMode = 'refuse' | 'report-only'

/** What a route's parameters, query and declared body must not hold. */
export interface BlockRow {
  readonly rules: readonly BlockRule[]
  readonly mode: BlockMode
}
