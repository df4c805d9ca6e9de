import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

const KEY = 'key'

/** A stronger authentication than usual is asked for only where some caller can have it. */
export function requirementRules({ apis, routes }: LinkedConfig, report: Report): void {
  for (const route of routes) {
    const { requires, name } = route
    // Of a public api it is told that it asks nobody.
    if (requires === null || apis[route.api]?.access === 'public') continue
    const problem = neverMet(route)
    if (problem === null) continue
    const hint = 'Name under "auth" an identity whose tokens tell of it.'
    report('requirement-never-met', { key: requires.at }, { route: name, problem }, { hint })
  }
}

function neverMet({ auth }: LinkedRoute): string | null {
  return auth.some(({ name }) => name !== KEY) ? null : 'it takes keys only, and a key is one factor'
}
