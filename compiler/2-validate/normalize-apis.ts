import type {
  Api,
  Cors,
  Deprecation,
  HeaderChanges,
  Match,
  QueryParameter,
  Requirement,
  Route,
  Settings,
} from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import { normalizeBinds } from './normalize-binds.ts'
import { normalizeFields } from './normalize-fields.ts'
import { normalizeRouteLimits } from './normalize-limits.ts'
import type { RawApi, RawCors, RawHeaderChanges, RawMatch, RawQueryParameter, RawRoute } from './raw.ts'
import { mapMembers, references } from './shapes.ts'
import { instantOf, parseCount, parseDuration, parseSize } from './units.ts'

const ANY_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The values of files, by the pointers at which they are named. */
type Files = ReadonlyMap<Pointer, unknown>

export function normalizeApi(at: Pointer, name: string, raw: RawApi, settings: Settings, files: Files): Api {
  return {
    at,
    name,
    basePath: raw.basePath,
    upstream: { at: pointTo(at, 'upstream'), name: raw.upstream },
    lifecycle: raw.lifecycle ?? 'published',
    deprecation: deprecation(pointTo(at, 'deprecation'), raw.deprecation),
    access: raw.access,
    binds: normalizeBinds(pointTo(at, 'bind'), raw.bind),
    fields: normalizeFields(pointTo(at, 'fields'), raw.fields),
    match: match(pointTo(at, 'match'), raw.match),
    limits: normalizeRouteLimits(pointTo(at, 'limits'), raw.limits),
    cors: cors(pointTo(at, 'cors'), raw.cors),
    routes: mapMembers(raw.routes, pointTo(at, 'routes'), (routeAt, routeName, route) =>
      normalizeRoute(routeAt, routeName, route, raw, settings, files),
    ),
  }
}

function normalizeRoute(
  at: Pointer,
  name: string,
  raw: RawRoute,
  api: RawApi,
  settings: Settings,
  files: Files,
): Route {
  const space = name.indexOf(' ')
  const method = name.slice(0, space)
  const body = raw.requests?.body ?? api.requests?.body
  const timeout = raw.requests?.timeout ?? api.requests?.timeout
  const bodyAt = pointTo(at, 'body')
  return {
    at,
    name,
    methods: method === 'ANY' ? ANY_METHODS : [method],
    path: name.slice(space + 1),
    scopes: [
      ...(raw.scope === undefined ? [] : [{ at: pointTo(at, 'scope'), name: raw.scope }]),
      ...references(pointTo(at, 'scopes'), raw.scopes),
    ],
    auth: references(pointTo(at, 'auth'), raw.auth ?? api.auth ?? ['key']),
    binds: normalizeBinds(pointTo(at, 'bind'), raw.bind),
    fields: normalizeFields(pointTo(at, 'fields'), raw.fields),
    match: match(pointTo(at, 'match'), raw.match),
    when: raw.when === undefined ? null : { at: pointTo(at, 'when'), text: raw.when },
    requires: requirement(pointTo(at, 'requires'), raw.requires),
    query: raw.query === undefined ? null : mapMembers(raw.query, pointTo(at, 'query'), queryParameter),
    body: raw.body === undefined ? null : { at: bodyAt, file: raw.body, schema: files.get(bodyAt) },
    cost: parseCount(raw.cost ?? 1),
    limits: normalizeRouteLimits(pointTo(at, 'limits'), raw.limits),
    bodyBytes: body === undefined ? settings.requests.bodyBytes : parseSize(body),
    timeoutMs: timeout === undefined ? settings.requests.timeoutMs : parseDuration(timeout),
    forward: raw.forward === undefined ? null : { at: pointTo(at, 'forward', 'path'), path: raw.forward.path },
    requestHeaders: headerChanges(pointTo(at, 'request', 'headers'), raw.request?.headers),
    responseHeaders: headerChanges(pointTo(at, 'response', 'headers'), raw.response?.headers),
    blockExcept: (raw.block?.except ?? []).map((rule, i) => ({ at: pointTo(at, 'block', 'except', i), name: rule })),
  }
}

function match(at: Pointer, raw: RawMatch | undefined): Match | null {
  if (raw === undefined) return null
  return {
    at,
    headers: Object.entries(raw.headers ?? {}),
    query: Object.entries(raw.query ?? {}),
    host: raw.host ?? null,
  }
}

function requirement(at: Pointer, raw: RawRoute['requires']): Requirement | null {
  return raw === undefined ? null : { at, mfa: raw.mfa ?? false, acr: raw.acr ?? [] }
}

function cors(at: Pointer, raw: RawCors | undefined): Cors | null {
  if (raw === undefined) return null
  return {
    at,
    origins: raw.origins,
    credentials: raw.credentials ?? false,
    headers: raw.headers ?? [],
    expose: raw.expose ?? [],
    maxAgeMs: raw.maxAge === undefined ? null : parseDuration(raw.maxAge),
  }
}

function deprecation(at: Pointer, raw: RawApi['deprecation']): Deprecation | null {
  if (raw === undefined) return null
  return {
    at,
    sinceMs: instantOf(raw.since),
    sunsetMs: raw.sunset === undefined ? null : instantOf(raw.sunset),
    successor: raw.successor === undefined ? null : { at: pointTo(at, 'successor'), name: raw.successor },
    link: raw.link ?? null,
  }
}

/** The language's `required` and `description` are not JSON Schema's; the rest is handed to ajv as it stands. */
function queryParameter(at: Pointer, name: string, raw: RawQueryParameter): QueryParameter {
  const { required = false, description: _, type, items, ...keywords } = raw
  const repeated = type === 'array'
  const itemType = repeated ? items?.['type'] : type
  const scalar = itemType === 'integer' || itemType === 'number' || itemType === 'boolean' ? itemType : 'string'
  const schema = repeated ? { type, ...keywords, items: { ...items, type: scalar } } : { ...keywords, type: scalar }
  return { at, name, type: scalar, repeated, required, schema }
}

function headerChanges(at: Pointer, raw: RawHeaderChanges | undefined): HeaderChanges {
  return {
    set: mapMembers(raw?.set, pointTo(at, 'set'), (headerAt, name, value) => ({ at: headerAt, name, value })),
    remove: references(pointTo(at, 'remove'), raw?.remove),
  }
}
