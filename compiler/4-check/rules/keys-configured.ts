import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/**
 * What the secrets of well-known services begin with, before their first underscore. Scanners of repositories and logs
 * would take our keys for theirs, block pushes, and report them to the wrong owner.
 */
const TAKEN_PREFIXES = new Set([
  ...['sk', 'pk', 'rk', 'whsec', 'ghp', 'gho', 'ghu', 'ghs', 'ghr', 'github', 'glpat', 'xoxb', 'xoxp', 'xapp'],
  ...['npm', 'dop', 'doo', 'shpat', 'shpss', 'shpca', 'hf', 'lin', 'figd', 'nvapi', 'sntrys', 'dckr', 'pul', 'sbp'],
])

/** A gateway with keys says how they look; their prefix is its own. */
export function keysConfigured({ settings, keys }: LinkedConfig, report: Report): void {
  const first = keys.find(({ digest }) => digest !== null)
  if (settings.keys === null && first !== undefined) {
    const hint = 'Write under "gateway", for example: keys: { prefix: acme }'
    report('keys-not-configured', { key: first.at }, { id: first.id }, { hint })
  }
  const prefix = settings.keys?.prefix
  if (prefix !== undefined && TAKEN_PREFIXES.has(prefix))
    report('key-prefix-taken', pointTo(settings.at, 'keys', 'prefix'), { prefix })
}
