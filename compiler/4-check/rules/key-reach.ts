import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { groupByReach } from '../reach.ts'

/** A key that opens nothing is a mistake in its scopes, or is no longer needed. */
export function keyReach(config: LinkedConfig, report: Report, { atMs }: Given): void {
  for (const { keys, routes } of groupByReach(config, { subscribed: 'approved', atMs })) {
    if (routes.some(({ api }) => config.apis[api]?.lifecycle !== 'retired')) continue
    for (const { at, id, expiresMs } of keys) {
      // One that is past its end is told of as that.
      if (expiresMs === null || expiresMs > atMs) report('key-reaches-nothing', { key: at }, { id })
    }
  }
}
