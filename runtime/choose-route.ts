import type { Exchange } from './exchange.ts'
import type { LoadedPath, LoadedRoute } from './load-table.ts'
import { holds, mayHold } from './match-conditions.ts'
import { matchPath } from './match-route.ts'
import { refuse, type Refusal } from './refusals.ts'

/**
 * Finds the route of a request: the first path that fits decides, then the conditions of its routes, then the method.
 * For a preflight it is the route that is asked about.
 */
export function chooseRoute(exchange: Exchange): Refusal | null {
  const path = matchPath(exchange.table, exchange.path, exchange.parameters)
  if (path === null) return refuse('no-route')
  if (isPreflight(exchange)) {
    exchange.route = routeAskedAbout(path, exchange)
    if (exchange.route !== null) {
      exchange.preflight = true
      exchange.preflightAllows = methodsOf(path, exchange.route.row.api)
      return null
    }
  }
  const { method } = exchange
  const found =
    firstThatHolds(path, method, exchange) ?? (method === 'HEAD' ? firstThatHolds(path, 'GET', exchange) : null)
  if (found === null) return refuseMethod(path, exchange)
  if (isDraft(found)) return refuse('no-route')
  exchange.route = found
  return null
}

/** @see Fetch Standard, section 3.2.2: what tells a preflight from another OPTIONS. */
function isPreflight({ method, origin, preflightMethod }: Exchange): boolean {
  return method === 'OPTIONS' && origin !== '' && preflightMethod !== ''
}

/** A preflight carries none of the headers that a `match` looks at: any route with CORS that may be meant answers it. */
function routeAskedAbout(path: LoadedPath, exchange: Exchange): LoadedRoute | null {
  const asked = path.methods.get(exchange.preflightMethod)?.find((route) => mayAnswer(route, exchange))
  if (asked !== undefined) return asked
  for (const routes of path.methods.values()) {
    const other = routes.find((route) => mayAnswer(route, exchange))
    if (other !== undefined) return other
  }
  return null
}

function mayAnswer(route: LoadedRoute, exchange: Exchange): boolean {
  if (route.api.cors === null || isDraft(route)) return false
  return route.match === null || mayHold(route.match, exchange)
}

/** A draft's path is taken, and nothing answers there. */
function isDraft({ api }: LoadedRoute): boolean {
  return api.lifecycle === 'draft'
}

/** The methods that an api has at a path. */
function methodsOf(path: LoadedPath, api: number): string {
  const methods = [...path.methods].filter(([, routes]) => routes.some(({ row }) => row.api === api))
  return methods.map(([method]) => method).join(', ')
}

function firstThatHolds(path: LoadedPath, method: string, exchange: Exchange): LoadedRoute | null {
  const routes = path.methods.get(method)
  if (routes === undefined) return null
  for (const route of routes) if (route.match === null || holds(route.match, exchange)) return route
  return null
}

function refuseMethod(path: LoadedPath, exchange: Exchange): Refusal {
  const allowed = new Set<string>()
  for (const method of path.methods.keys()) {
    const route = firstThatHolds(path, method, exchange)
    if (route === null || isDraft(route)) continue
    // The refusal belongs to the api, which may have something to say of itself.
    exchange.route ??= route
    allowed.add(method)
    if (method === 'GET') allowed.add('HEAD')
  }
  if (allowed.size === 0) return refuse('no-route')
  return refuse('method-not-allowed', { headers: `allow: ${[...allowed].join(', ')}\r\n` })
}
