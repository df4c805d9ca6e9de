import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/** Names under which a path says whose object is meant. */
const OWNERS = new Set(['tenantId', 'userId', 'accountId', 'customerId', 'orgId', 'ownerId'])

/** A path that names an owner lets each caller name any, unless it is bound to what the key says. */
export function boundParameters({ apis, routes }: LinkedConfig, report: Report): void {
  const told = new Set<string>()
  for (const route of routes) {
    const api = apis[route.api]
    if (api === undefined || api.access === 'public') continue
    for (const segment of route.segments) {
      if (segment.kind === 'literal' || !OWNERS.has(segment.name) || isBound(route, segment.name)) continue
      const isInBase = api.basePath.includes(`{${segment.name}}`)
      const where = isInBase ? pointTo(api.at, 'basePath') : { key: route.at }
      const identity = `${isInBase ? api.at : route.at} ${segment.name}`
      if (told.has(identity)) continue
      told.add(identity)
      const hint = `Bind it ("bind: { ${segment.name}: key.tenant }"); when the upstream checks it, say so on the line above: # keysmith allow path-parameter-unbound: <how>`
      report('path-parameter-unbound', where, { name: segment.name }, { hint })
    }
  }
}

function isBound({ binds }: LinkedRoute, parameter: string): boolean {
  return binds.some(({ of, name }) => of === 'path' && name[0] === parameter)
}
