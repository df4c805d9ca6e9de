import { blockedBy, lockedOut, noteFailure } from './interpret-abuse.ts'
import { addressOf, authenticate, hasCome, isSignedFor, networkOf, type Caller } from './interpret-caller.ts'
import type { PlainConfig } from './interpret-config.ts'
import { conditionHolds } from './interpret-condition.ts'
import { limitsOf, numberOf, release, take, type Counters, type PlainLimit } from './interpret-limits.ts'
import { bodyLack, objectsHold, readsBody } from './interpret-objects.ts'
import { isAnotherBody } from './interpret-signature.ts'
import { matches, oneForm, routesOfPath, valuesOf, type PlainFound, type PlainRequest } from './interpret-path.ts'

/** "200", "204" or a refusal's status and code: more than one where limits tie. `allow` is of a 405; `end` ends the request. */
export interface Verdict {
  readonly answers: readonly string[]
  readonly allow?: readonly string[]
  readonly end?: () => void
}

/** What the YAML says to a request, in the order of spec/http.md, up to the first byte of its body. Counts what it lets through. */
export function interpret(config: PlainConfig, request: PlainRequest, counters: Counters): Verdict {
  const malformed = formFault(config, request)
  if (malformed !== null) return { answers: [malformed] }
  const found = routesOfPath(config, oneForm(request.path) ?? '')
  const holding = found.filter((one) => matches(one, request))
  const asked = askedByPreflight(found, request)
  const chosen = asked[0] ?? routeOfMethod(holding, request.method)
  const route = chosen?.api.lifecycle === 'draft' ? null : chosen
  const fault = bodyFault(config, route, request)
  if (fault !== null) return { answers: [fault] }
  if (route === null) return chosen === null ? noMethod(holding) : { answers: ['404 no-route'] }
  if (asked.length > 0) return { answers: asked.map(({ api }) => closedBy(api) ?? answerPreflight(api, request)) }
  const closed = closedBy(route.api)
  if (closed !== null) return { answers: [closed] }
  const isPublic = route.api.access === 'public'
  const locked = isPublic ? null : lockedOut(config, request, counters)
  if (locked !== null) return { answers: [locked] }
  const caller = isPublic ? null : authenticate(config, request, counters)
  if (caller === '401 invalid-key') noteFailure(config, request, counters)
  if (typeof caller === 'string') return { answers: [caller] }
  const ungranted = caller === null ? null : authorize(config, route, caller, request)
  const lack = ungranted ?? (conditionHolds(config, route, caller, request) ? null : '403 condition-failed')
  if (lack !== null) {
    const rate = keyLimits(config, caller, 1).filter(({ kind }) => kind === 'rate')
    take(rate, counters, request)
    return { answers: [lack] }
  }
  const limits = allLimits(config, route, caller, addressOf(config, request))
  const exceeded = take(limits, counters, request)
  if (exceeded.length > 0) return { answers: exceeded }
  const isOther = caller !== null && isSignedFor(config, request) && isAnotherBody(request)
  const lackOfBody = isOther ? '401 invalid-key' : bodyLack(route, caller, request)
  const answers = [blockedBy(config, route, request) ?? lackOfBody ?? '200']
  return { answers, end: () => release(limits, counters, request) }
}

function formFault({ gateway: { requests = {} } }: PlainConfig, request: PlainRequest): string | null {
  const lengths = valuesOf(request, 'content-length')
  const codings = valuesOf(request, 'transfer-encoding')
  if (lengths.length + codings.length > 1 || lengths.some((one) => !/^\d{1,15}$/.test(one)))
    return '400 malformed-request'
  if (!['', 'chunked'].includes(codings.join())) return '501 coding-not-implemented'
  if (valuesOf(request, 'host').length !== 1) return '400 malformed-request'
  if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(request.method)) return '501 method-not-implemented'
  if (`${request.path}?${request.query}`.length > bytesOf(requests.url ?? '8KB')) return '414 url-too-long'
  const lines = request.headers.map(([name, value]) => `${name}: ${value}\r\n`)
  if (lines.join('').length > bytesOf(requests.headers ?? '16KB')) return '431 headers-too-large'
  return oneForm(request.path) === null ? '400 malformed-request' : null
}

function bytesOf(size: string): number {
  return numberOf(size) * ({ KB: 1000, MB: 1_000_000 }[size.slice(-2)] ?? 1)
}

/** A route of these configs has no `body`, but may bind a member of one. */
function bodyFault({ gateway }: PlainConfig, found: PlainFound | null, request: PlainRequest): string | null {
  const length = Number(valuesOf(request, 'content-length').join())
  const chunked = valuesOf(request, 'transfer-encoding').length > 0
  const sizes = [found?.route.requests?.body, found?.api.requests?.body, gateway.requests?.body, '1MB']
  if (length > bytesOf(sizes.find((size) => size !== undefined) ?? '')) return '413 body-too-large'
  if (found === null || readsBody(found) || (length === 0 && !chunked)) return null
  if (['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(request.method)) return '400 malformed-request'
  return chunked ? '411 length-required' : null
}

/** HEAD without a route of its own runs GET's. */
function routeOfMethod(holding: readonly PlainFound[], method: string): PlainFound | null {
  const found = holding.find(({ methods }) => methods.includes(method))
  return found ?? (method === 'HEAD' ? routeOfMethod(holding, 'GET') : null)
}

function noMethod(holding: readonly PlainFound[]): Verdict {
  const isOpen = (method: string) => routeOfMethod(holding, method)?.api.lifecycle !== 'draft'
  const methods = holding.flatMap((one) => one.methods).filter(isOpen)
  const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
  return allow.length === 0 ? { answers: ['404 no-route'] } : { answers: ['405 method-not-allowed'], allow }
}

/** The routes that a preflight may ask about: it comes without the headers that a `match` looks at. */
function askedByPreflight(found: readonly PlainFound[], request: PlainRequest): PlainFound[] {
  const [method = ''] = valuesOf(request, 'access-control-request-method')
  if (request.method !== 'OPTIONS' || method === '' || valuesOf(request, 'origin').length === 0) return []
  const needed = ({ match }: PlainFound) => match.flatMap(({ headers = {} }) => Object.entries(headers))
  const withCors = found.filter(({ api }) => api.cors !== undefined && api.lifecycle !== 'draft')
  const asked = withCors.filter((one) => matches(one, { ...request, headers: [...request.headers, ...needed(one)] }))
  const ofMethod = asked.filter(({ methods }) => methods.includes(method))
  const certain = ofMethod.findIndex((one) => needed(one).length === 0)
  return ofMethod.length === 0 ? asked : ofMethod.filter((_, i) => certain < 0 || i <= certain)
}

function closedBy({ lifecycle }: PlainFound['api']): string | null {
  return lifecycle === 'paused' ? '503 paused' : lifecycle === 'retired' ? '410 retired' : null
}

function answerPreflight({ cors }: PlainFound['api'], request: PlainRequest): string {
  const origin = valuesOf(request, 'origin').join()
  return origin !== 'null' && ['*', origin].some((one) => cors?.origins.includes(one)) ? '204' : '403 condition-failed'
}

function authorize(config: PlainConfig, found: PlainFound, caller: Caller, request: PlainRequest): string | null {
  const { api, apiName, route } = found
  const { status, since, until } = caller.tenant.subscriptions?.[apiName] ?? {}
  if (api.access === 'subscription') {
    if (status === undefined) return '403 subscription-missing'
    const holds = hasCome(since, request, true) && !hasCome(until, request, false)
    if (status !== 'approved' || !holds) return '403 subscription-not-approved'
  }
  const { scopes = [], roles = [] } = caller.key
  const held = [...scopes, ...roles.flatMap((role) => config.roles?.[role] ?? [])]
  const needed = [...(route.scopes ?? []), route.scope ?? []].flat()
  if (needed.length === 0 || !needed.every((scope) => held.includes(scope))) return '403 insufficient-scope'
  return objectsHold(found, caller, request) ? null : '404 no-route'
}

/** The plan's numbers, each replaced by the key's own of the same name. They count for each key alone. */
function keyLimits(config: PlainConfig, caller: Caller | null, cost: number): PlainLimit[] {
  const plan = config.plans?.[caller?.key.plan ?? caller?.tenant.plan ?? '']
  return caller === null ? [] : limitsOf({ ...plan, ...caller.key.limits }, `key ${caller.id}`, cost)
}

function allLimits(config: PlainConfig, found: PlainFound, caller: Caller | null, address: string): PlainLimit[] {
  const cost = numberOf(found.route.cost ?? 1)
  const { api, apiName, name, route } = found
  const subjects = { key: caller?.id, tenant: caller?.tenantName, address: networkOf(address), everyone: '' }
  const countedBy = ({ per = 'key' }: { per?: keyof typeof subjects } = {}): string => `${per} ${subjects[per]}`
  return [
    ...keyLimits(config, caller, cost),
    ...limitsOf(caller?.tenant.limits, `tenant ${caller?.tenantName}`, cost),
    ...limitsOf(api.limits, `api ${apiName} ${countedBy(api.limits)}`, 1),
    ...limitsOf(route.limits, `route ${apiName} ${name} ${countedBy(route.limits)}`, 1),
  ]
}
