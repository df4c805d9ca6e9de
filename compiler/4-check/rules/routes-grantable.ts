import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** Denied until granted: a route that asks for no scope can be granted to nobody, unless its api is public. */
export function routesGrantable({ apis, routes }: LinkedConfig, report: Report): void {
  for (const { at, name, api, scopes } of routes) {
    const access = apis[api]?.access
    if (access === undefined || access === 'public' || scopes.length > 0) continue
    report('route-without-scope', { key: at }, { route: name, access })
  }
}
