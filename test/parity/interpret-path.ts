import type { RawMatch } from '../../compiler/2-validate/raw.ts'
import type { PlainConfig } from './interpret-config.ts'

/** A request: its path without the query, headers line by line with small names, who is at the other end, and when. */
export interface PlainRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  /** As far as it is JSON. */
  readonly body?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly peer: string
  /** The time of day and a clock that never jumps, in milliseconds. */
  readonly wallMs: number
  readonly tickMs: number
}

/** A route with its api. */
export type PlainFound = ReturnType<typeof routesOfPath>[number]

/** The one form of a path, or null for a path that has none. */
export function oneForm(raw: string): string | null {
  if (!/^\/[!-~]*$/.test(raw) || /[\\;#]/.test(raw) || /%(?![0-9A-Fa-f]{2})/.test(raw)) return null
  const path = raw.replace(/%../g, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase()
  })
  if (/%(2F|5C|00|25)/.test(path) || path.includes('//')) return null
  return path.split('/').some((segment) => segment === '.' || segment === '..') ? null : path
}

/** The routes of the path that a request's path is found to be: every method, those with a `match` first. */
export function routesOfPath(config: PlainConfig, path: string) {
  const candidates = Object.entries(config.apis).flatMap(([apiName, api]) =>
    Object.entries(api.routes).flatMap(([name, route]) => {
      const [method = '', ending = ''] = name.split(' ')
      const methods = method === 'ANY' ? ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] : [method]
      const rank = rankOf(segmentsOf(api.basePath + '/' + ending), segmentsOf(path))
      const match = [api.match ?? [], route.match ?? []].flat()
      return rank === null ? [] : [{ rank, apiName, api, name, route, methods, match }]
    }),
  )
  const [best] = candidates.map(({ rank }) => rank).sort()
  const found = candidates.filter(({ rank }) => rank === best)
  return [...found.filter(({ match }) => match.length > 0), ...found.filter(({ match }) => match.length === 0)]
}

/**
 * How a pattern fits, a letter a segment: "a" literal, "b" parameter, "c" rest. The first in the order of the alphabet is
 * the one that a comparison from left to right, with backtracking, finds.
 */
function rankOf(pattern: readonly string[], segments: readonly string[]): string | null {
  let rank = ''
  for (const [i, part] of pattern.entries()) {
    if (part.endsWith('...}')) return rank + 'c'
    const isParameter = part.startsWith('{') && i < segments.length
    if (!isParameter && part !== segments[i]) return null
    rank += isParameter ? 'b' : 'a'
  }
  return pattern.length === segments.length ? rank : null
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** True when what the api and the route ask for besides the path holds. */
export function matches({ match }: PlainFound, request: PlainRequest): boolean {
  return match.every((one) => holds(one, request))
}

function holds({ headers = {}, query = {}, host }: RawMatch, request: PlainRequest): boolean {
  const parameters = new URLSearchParams(request.query)
  return (
    Object.entries(headers).every(([name, value]) => valuesOf(request, name).join(', ') === value) &&
    Object.entries(query).every(([name, value]) => [...new Set(parameters.getAll(name))].join('&') === value) &&
    (host === undefined || host === valuesOf(request, 'host').join().toLowerCase().replace(/:\d*$/, ''))
  )
}

/** The values of a header's lines. */
export function valuesOf({ headers }: PlainRequest, name: string): string[] {
  return headers.filter(([one]) => one === name).map(([, value]) => value)
}
