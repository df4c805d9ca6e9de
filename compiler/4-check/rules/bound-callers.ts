import type { Bind } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import { groupByReach } from '../reach.ts'
import { tokenIdentities } from '../token-identities.ts'
import { sourceText } from './binds.ts'

const KEYS_NAMED_MAX = 5

/** A caller without what a route binds reaches the route and never gets through. */
export function boundCallers(config: LinkedConfig, report: Report): void {
  const lacking = new Map<Bind, { readonly route: LinkedRoute; readonly keys: Set<LinkedKey> }>()
  for (const { keys, routes } of groupByReach(config, { subscribed: 'approved-or-pending' })) {
    for (const route of routes) {
      for (const bind of route.binds) {
        const without = keys.filter((key) => !has(key, bind))
        if (without.length === 0) continue
        const known = lacking.get(bind) ?? { route, keys: new Set<LinkedKey>() }
        lacking.set(bind, known)
        for (const key of without) known.keys.add(key)
      }
    }
  }
  for (const [bind, { route, keys }] of lacking) {
    // Where nobody at all has claims, another rule tells it.
    if (bind.to.of === 'claims' && tokenIdentities(route, config).length === 0) continue
    const [first, ...others] = [...keys].map(({ id }) => id)
    const more = others.length > KEYS_NAMED_MAX ? `${others.length} more` : others.map((id) => `"${id}"`).join(', ')
    const hint = others.length === 0 ? undefined : `The same holds for ${more}.`
    const params = { who: `Key "${first ?? ''}"`, route: route.name, source: sourceText(bind.to) }
    report('bind-caller-lacks', bind.at, params, { hint })
  }
}

function has({ metadata }: LinkedKey, { to }: Bind): boolean {
  if (to.of === 'claims') return false
  return to.of !== 'metadata' || metadata.some(([name, value]) => name === to.name && value !== '')
}
