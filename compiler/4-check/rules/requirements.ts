import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import { tokenIdentities } from '../token-identities.ts'

/** A stronger authentication than usual is asked for only where some caller can have it. */
export function requirementRules(config: LinkedConfig, report: Report): void {
  for (const route of config.routes) {
    const { requires, name } = route
    // Of a public api it is told that it asks nobody.
    if (requires === null || config.apis[route.api]?.access === 'public') continue
    const problem = neverMet(route, config)
    if (problem === null) continue
    const hint = 'Name under "auth" an identity whose tokens tell of it.'
    report('requirement-never-met', { key: requires.at }, { route: name, problem }, { hint })
  }
}

function neverMet(route: LinkedRoute, config: LinkedConfig): string | null {
  const tokens = tokenIdentities(route, config)
  if (tokens.length === 0) return 'it takes no tokens, and nothing else tells how strong an authentication was'
  if (route.requires?.mfa !== true || tokens.some(({ mfa }) => mfa !== null)) return null
  return 'no identity whose tokens it takes has "mfa", which says what counts as a second factor'
}
