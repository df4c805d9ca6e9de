import { credentialHeaders } from '../../3-link/credential-headers.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { groupByReach } from '../reach.ts'
import { tokenIdentities } from '../token-identities.ts'

/** Who a key is told as, and how many others are like it. */
interface Lacking {
  readonly first: LinkedKey
  count: number
}

/** Conditions must not hold a credential against a text, and should be able to hold for all who may call the route. */
export function conditionRules(config: LinkedConfig, report: Report, { atMs }: Given): void {
  const credentials = new Set(credentialHeaders(config))
  for (const { when } of config.routes) {
    if (when === null || when.reads.headers === 'all') continue
    for (const name of when.reads.headers) {
      if (credentials.has(name)) report('match-on-credential', when.at, { name })
    }
  }
  for (const [route, names] of lackingMetadata(config, atMs)) {
    for (const [name, { first, count }] of names) {
      const others = count === 1 ? '' : ` (and ${count - 1} more)`
      const hint = `Say what holds without it: has(key.metadata.${name}) && …`
      const who = `key "${first.id}"${others}`
      report('condition-on-missing-metadata', route.when?.at ?? route.at, { name, who }, { hint })
    }
  }
  for (const route of config.routes) {
    reportOthers(route, report)
    reportClaims(route, config, report)
  }
}

/** By route, the metadata that its condition asks for and that some key which may call it does not have. */
function lackingMetadata(config: LinkedConfig, atMs: number): Map<LinkedRoute, Map<string, Lacking>> {
  const lacking = new Map<LinkedRoute, Map<string, Lacking>>()
  const asking = config.routes.filter(({ when }) => (when?.reads.metadata.length ?? 0) > 0)
  if (asking.length === 0) return lacking
  for (const { keys, routes } of groupByReach(config, { subscribed: 'approved-or-pending', atMs })) {
    for (const route of routes.filter((open) => asking.includes(open))) {
      const names = lacking.get(route) ?? new Map<string, Lacking>()
      lacking.set(route, names)
      for (const key of keys) countLacking(key, route, names)
    }
  }
  return lacking
}

function countLacking(key: LinkedKey, { when }: LinkedRoute, names: Map<string, Lacking>): void {
  for (const name of when?.reads.metadata ?? []) {
    if (key.metadata.some(([known]) => known === name)) continue
    const known = names.get(name)
    if (known === undefined) names.set(name, { first: key, count: 1 })
    else known.count++
  }
}

/** Only keys have metadata. */
function reportOthers({ when, auth }: LinkedRoute, report: Report): void {
  const other = auth.find(({ name }) => name !== 'key')
  if (when === null || other === undefined) return
  const hint = 'Write "auth: [key]", or say what holds without it: has(key.metadata.…) && …'
  for (const name of when.reads.metadata) {
    report('condition-on-missing-metadata', when.at, { name, who: `a caller of "${other.name}"` }, { hint })
  }
}

/** Only tokens have claims. */
function reportClaims(route: LinkedRoute, config: LinkedConfig, report: Report): void {
  const { when, name: routeName } = route
  if (when === null || tokenIdentities(route, config).length > 0) return
  for (const name of when.reads.claims) {
    const hint = `Name under "auth" an identity whose tokens have it, or say what holds without it: "${name}" in claims && …`
    report('condition-on-missing-claims', when.at, { name, route: routeName }, { hint })
  }
}
