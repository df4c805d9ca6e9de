import type { Bind, BindSource } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import { parameterNames } from '../../3-link/parse-path.ts'
import { didYouMean } from '../../diagnostics/did-you-mean.ts'
import type { Report } from '../../diagnostics/report.ts'
import { hasMember } from '../json-schema/has-member.ts'
import { tokenIdentities } from '../token-identities.ts'

const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE'])

/** What is bound is there to be looked at, and some caller can have it. An api's bind is told of once. */
export function bindRules(config: LinkedConfig, report: Report): void {
  const { apis, routes } = config
  const told = new Set<Bind>()
  for (const route of routes) {
    if (apis[route.api]?.access === 'public') continue
    for (const bind of route.binds) {
      if (told.has(bind)) continue
      const what = missingOf(bind, route)
      const problem = what === null ? neverHolds(bind.to, route, config) : null
      if (what === null && problem === null) continue
      told.add(bind)
      if (what !== null)
        report('bind-unknown-place', { key: bind.at }, { route: route.name, what }, { hint: hintOf(bind, route) })
      else if (problem !== null)
        report('bind-never-holds', bind.at, { route: route.name, source: sourceText(bind.to), problem })
    }
  }
}

/** What of a request a bind names that no request to the route has, or null. */
function missingOf({ of, name }: Bind, route: LinkedRoute): string | null {
  const last = name.join('.')
  if (of === 'path') return parameterNames(route.segments).includes(last) ? null : `path parameter "${last}"`
  if (of === 'query') {
    const isThere = route.query === null || route.query.some((parameter) => parameter.name === last)
    return isThere ? null : `query parameter "${last}"`
  }
  if (route.body === null && route.methods.every((method) => METHODS_WITHOUT_BODY.has(method))) return 'body'
  return route.body === null || hasMember(route.body.schema, name) ? null : `member "${last}" in its body`
}

function hintOf({ of, name }: Bind, { segments, query }: LinkedRoute): string | undefined {
  const word = name.join('.')
  if (of === 'query') return didYouMean(word, namesOf(query))
  if (of === 'body') return undefined
  if (namesOf(query).includes(word)) return `Did you mean "query.${word}"?`
  const parameters = parameterNames(segments)
  const known = parameters.map((parameter) => `{${parameter}}`).join(', ')
  return didYouMean(word, parameters) ?? (known === '' ? undefined : `It has: ${known}.`)
}

function namesOf(query: LinkedRoute['query']): string[] {
  return (query ?? []).map((parameter) => parameter.name)
}

/** Why no kind of credential that the route takes can have it, or null. */
function neverHolds(to: BindSource, route: LinkedRoute, config: LinkedConfig): string | null {
  if (to.of === 'claims')
    return tokenIdentities(route, config).length > 0 ? null : 'it takes no tokens, and nobody else has claims'
  if (to.of === 'metadata') return route.takesKeys ? null : 'it takes no keys, and nobody else has metadata'
  return null
}

/** As it is written. */
export function sourceText(to: BindSource): string {
  if (to.of === 'claims') return `claims.${to.name.join('.')}`
  return to.of === 'metadata' ? `key.metadata.${to.name}` : `key.${to.of}`
}
