import type { RawConfig } from '../1-load/load.ts'
import type { LinkedConfig } from '../3-link/linked.ts'
import type { Report } from '../diagnostics/report.ts'
import { matchesPossible } from './rules/matches-possible.ts'
import { routesApart } from './rules/routes-apart.ts'
import { routesGrantable } from './rules/routes-grantable.ts'
import { routesReachable } from './rules/routes-reachable.ts'
import { uniqueDigests } from './rules/unique-digests.ts'
import { uniqueKeys } from './rules/unique-keys.ts'
import { uniqueTenants } from './rules/unique-tenants.ts'

/** What some rules look at besides the config. */
export interface Given {
  /** As it was written: what normalizing filled in cannot be told from what a person wrote. */
  readonly raw: RawConfig
  /** The clock, milliseconds since 1970 UTC. It decides warnings only, never what the table holds. */
  readonly atMs: number
}

/** Looks at one thing over the whole config. */
export type Rule = (config: LinkedConfig, report: Report, given: Given) => void

const RULES: readonly Rule[] = [
  uniqueKeys,
  uniqueTenants,
  uniqueDigests,
  routesApart,
  routesReachable,
  matchesPossible,
  routesGrantable,
]

/** Proves what needs the whole config. */
export function check(config: LinkedConfig, given: Given, report: Report): void {
  for (const rule of RULES) rule(config, report, given)
}
