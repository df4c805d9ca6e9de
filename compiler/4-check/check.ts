import type { LinkedConfig } from '../3-link/linked.ts'
import type { Report } from '../diagnostics/report.ts'

/** Looks at one thing over the whole config. */
export type Rule = (config: LinkedConfig, report: Report, atMs: number) => void

const RULES: readonly Rule[] = []

/** Proves what needs the whole config. `atMs` is the clock for rules that look at one. */
export function check(config: LinkedConfig, atMs: number, report: Report): void {
  for (const rule of RULES) rule(config, report, atMs)
}
