import type { Api, Match, Route } from '../../schemas/config.ts'
import { didYouMean } from '../diagnostics/did-you-mean.ts'
import type { Report } from '../diagnostics/report.ts'
import { compileExpression } from '../expressions/compile-expression.ts'
import type { CompiledExpression } from '../expressions/expression.ts'
import { linkFields } from './link-fields.ts'
import type { LinkedFields, LinkedMatch, LinkedRoute, Segment } from './linked.ts'
import type { Names } from './link.ts'
import { parameterNames, parsePath } from './parse-path.ts'

/** What routes take over of their api. */
interface OfApi {
  readonly position: number
  readonly fields: LinkedFields | null
}

/** The position of "key" among what `auth` may name; identities stand behind it. */
const KEYS = 0

/** The routes of one api, with their whole paths. */
export function linkRoutes(api: Api, { position, fields }: OfApi, names: Names, report: Report): LinkedRoute[] {
  const badBase = parsePath(api.basePath, '/').problem
  if (badBase !== null) report('path-wrong-form', `${api.at}/basePath`, { path: api.basePath, problem: badBase })
  return api.routes.map((route) => {
    const { path, segments, problem } = parsePath(api.basePath, route.path)
    if (problem !== null && badBase === null)
      report('path-wrong-form', { key: route.at }, { path: route.path, problem })
    const auth = route.auth.map(({ name, at }) => names.identities.resolve(name, at))
    return {
      ...route,
      api: position,
      path,
      segments,
      binds: [...api.binds, ...route.binds],
      fields: linkFields(route.fields, names) ?? fields,
      match: mergeMatches(api.match, route.match),
      when: linkCondition(api, route, segments, names, report),
      takesKeys: auth.includes(KEYS),
      identities: auth.filter((position) => position > KEYS).map((position) => position - 1),
      scopes: route.scopes.map((scope) => names.scopes.resolve(scope.name, scope.at)),
      // A path that cannot be taken apart has parameters that cannot be known.
      forward:
        route.forward === null || problem !== null
          ? null
          : { at: route.forward.at, parts: linkForward(route, segments, report) },
    }
  })
}

function linkCondition(
  api: Api,
  { when }: Route,
  segments: readonly Segment[],
  { readPattern }: Names,
  report: Report,
): CompiledExpression | null {
  if (when === null) return null
  return compileExpression(
    {
      ...when,
      // A public route knows no caller.
      environment: api.access === 'public' ? 'request' : 'condition',
      expected: 'bool',
      parameters: parameterNames(segments),
    },
    report,
    readPattern,
  )
}

/** What an api and its route ask for must both hold; a rule finds what cannot. */
function mergeMatches(ofApi: Match | null, ofRoute: Match | null): LinkedMatch | null {
  if (ofApi === null && ofRoute === null) return null
  return {
    at: ofRoute?.at ?? ofApi?.at ?? '',
    headers: [...(ofApi?.headers ?? []), ...(ofRoute?.headers ?? [])],
    query: [...(ofApi?.query ?? []), ...(ofRoute?.query ?? [])],
    hosts: [ofApi?.host ?? [], ofRoute?.host ?? []].flat(),
  }
}

function linkForward(route: Route, segments: readonly Segment[], report: Report): (string | { parameter: number })[] {
  const { at, path } = route.forward ?? { at: route.at, path: '' }
  const parameters = parameterNames(segments)
  const parts: (string | { parameter: number })[] = []
  let last = 0
  for (const match of path.matchAll(/\{([^}]*)\}/g)) {
    if (match.index > last) parts.push(path.slice(last, match.index))
    const name = match[1] ?? ''
    const parameter = parameters.indexOf(name)
    if (parameter < 0)
      report('forward-unknown-parameter', at, { name, route: route.name }, { hint: hintOf(name, parameters) })
    parts.push({ parameter })
    last = match.index + match[0].length
  }
  if (last < path.length) parts.push(path.slice(last))
  return parts
}

function hintOf(name: string, parameters: readonly string[]): string | undefined {
  const known = parameters.map((parameter) => `{${parameter}}`).join(', ')
  return didYouMean(name, parameters) ?? (known === '' ? undefined : `It has: ${known}.`)
}
