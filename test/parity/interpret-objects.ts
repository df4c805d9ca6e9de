import type { Caller } from './interpret-caller.ts'
import { oneForm, valuesOf, type PlainFound, type PlainRequest } from './interpret-path.ts'

/** True when all that api and route bind in path and query is there once, and is the caller's own. */
export function objectsHold(found: PlainFound, caller: Caller, request: PlainRequest): boolean {
  return bindsOf(found).every(([place, source]) => {
    if (place.startsWith('body.')) return true
    const values = place.startsWith('query.')
      ? new URLSearchParams(request.query).getAll(place.slice('query.'.length))
      : [parameterIn(found, request, place)]
    return values.length === 1 && isOwn(values[0], caller, source)
  })
}

/** What becomes of a request whose body says whose object it is about, once the body is there; null when it goes on. */
export function bodyLack(found: PlainFound, caller: Caller | null, request: PlainRequest): string | null {
  const binds = bindsOf(found).filter(([place]) => place.startsWith('body.'))
  if (binds.length === 0) return null
  const isThere = ['content-length', 'transfer-encoding'].some((name) => valuesOf(request, name).join() > '0')
  if (isThere && valuesOf(request, 'content-type').join() !== 'application/json') return '415 unsupported-media-type'
  const body = isThere ? parse(request.body ?? '') : undefined
  if (body === undefined) return '400 unreadable-body'
  const isTheirs = ([place, source]: readonly [string, string]): boolean =>
    caller !== null && isOwn(place.split('.').slice(1).reduce(memberOf, body), caller, source)
  return binds.every(isTheirs) ? null : '404 no-route'
}

/** True for a route that reads its bodies. */
export function readsBody(found: PlainFound | null): boolean {
  return found !== null && bindsOf(found).some(([place]) => place.startsWith('body.'))
}

function bindsOf({ api, route }: PlainFound): (readonly [place: string, source: string])[] {
  return [...Object.entries(api.bind ?? {}), ...Object.entries(route.bind ?? {})]
}

function isOwn(value: unknown, { id, tenantName, key }: Caller, source: string): boolean {
  const [, name = '', metadata = ''] = source.split('.')
  const own = { id, tenant: tenantName, metadata: key.metadata?.[metadata] }[name]
  return own !== undefined && own !== '' && value === own
}

/** Decoded; of a rest all that is left. */
function parameterIn({ api, name }: PlainFound, request: PlainRequest, parameter: string): string | undefined {
  const pattern = `${api.basePath}/${name.slice(name.indexOf(' ') + 1)}`.split('/').filter((part) => part !== '')
  const at = pattern.findIndex((part) => part === `{${parameter}}` || part === `{${parameter}...}`)
  const segments = (oneForm(request.path) ?? '').split('/').slice(1)
  const text = pattern[at]?.endsWith('...}') ? segments.slice(at).join('/') : segments[at]
  return text === undefined ? undefined : decodeURIComponent(text)
}

/** A number is what it is written as. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body.replace(/:(-?\d[\d.e]*)/g, ':"$1"'))
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined
}
