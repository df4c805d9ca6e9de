import { credentialHeaders } from '../../3-link/credential-headers.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { contradictionOf } from '../match-logic.ts'
import { writtenAt } from '../written.ts'

/** What an api and its route ask of a request must be possible together, and must not be a credential. */
export function matchesPossible(config: LinkedConfig, report: Report, given: Given): void {
  const { apis, routes } = config
  for (const { at } of [...apis, ...routes]) {
    for (const name of credentialHeaders(config)) {
      const where = pointTo(at, 'match', 'headers', name)
      if (writtenAt(given.raw, where) !== undefined) report('match-on-credential', { key: where }, { name })
    }
  }
  for (const route of routes) {
    const contradiction = route.match === null ? null : contradictionOf(route.match)
    const api = apis[route.api]
    if (contradiction === null || api === undefined) continue
    const { kind, name, values } = contradiction
    // One mapping has a name once: the first value is the api's, the second the route's.
    const [ofApi, ofRoute] = values
    const what = name === null ? kind : `${kind} "${name}"`
    report(
      'match-impossible',
      placeOf(route.at, kind, name),
      { route: route.name, what, ofApi, ofRoute },
      { related: [{ message: 'what the api asks for', where: placeOf(api.at, kind, name) }] },
    )
  }
}

function placeOf(at: Pointer, kind: 'header' | 'query parameter' | 'host', name: string | null): Pointer {
  if (name === null) return pointTo(at, 'match', 'host')
  return pointTo(at, 'match', kind === 'header' ? 'headers' : 'query', name)
}
