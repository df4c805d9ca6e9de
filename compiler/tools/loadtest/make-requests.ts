import type { Bind } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../../3-link/linked.ts'
import { sourceText } from '../../4-check/rules/binds.ts'
import { createBodyAjv } from '../../6-emit/body-ajv.ts'
import type { LoadRequest } from './messages.ts'
import { acceptedBy, sampleValue } from './sample-value.ts'

/** Shown for what nothing is said of. */
const PARAMETER_VALUE = '1'
const BARE_BODY = { load: 'test' }
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH'])

/** Requests that a route should take, the likeliest first; or why none can be made. */
export type MadeRequests = { readonly requests: readonly LoadRequest[] } | { readonly reason: string }

/** What a request shows of who asks. */
export interface RequestCaller {
  readonly key: LinkedKey
  readonly secret: string
}

/** Makes requests for routes from what the config says of them: paths, binds, `match`, query and body schemas. */
export function createRequestMaker(
  config: LinkedConfig,
): (route: LinkedRoute, caller: RequestCaller | null) => MadeRequests {
  const bodies = new Map<LinkedRoute, unknown>()
  const bodyOf = (route: LinkedRoute): unknown => {
    if (!bodies.has(route)) bodies.set(route, sampleOf(route.body?.schema))
    return bodies.get(route)
  }
  return (route, caller) => {
    const values = bindValues(config, route, caller)
    if (typeof values === 'string') return { reason: values }
    const body = route.body === null ? bareBody(route, values) : bodyOf(route)
    if (body === undefined)
      return { reason: `no body could be made from ${route.body?.file ?? ''}: give it "examples"` }
    const headers = headersOf(config, route, caller, body !== null)
    const queries = [queryOf(route, values, 'required'), queryOf(route, values, 'all')]
    const query = queries.filter((text, i) => text !== null && queries.indexOf(text) === i)
    if (query.length === 0) return { reason: 'no query could be made from its schema: give it "examples"' }
    // Of more than one method the first: the others take the same way.
    const method = route.methods[0] ?? 'GET'
    const path = pathOf(route, values, caller)
    const text = body === null ? null : JSON.stringify(withBinds(body, values))
    return { requests: query.map((part) => ({ method, path: path + part, headers, body: text })) }
  }
}

/** A route without a schema passes any body on; it needs one where a bind looks into it. */
function bareBody({ methods }: LinkedRoute, values: readonly BindValue[]): unknown {
  const isWanted = WITH_BODY.has(methods[0] ?? '') || values.some(({ bind }) => bind.of === 'body')
  return isWanted ? BARE_BODY : null
}

interface BindValue {
  readonly bind: Bind
  readonly value: string
}

/** What the caller's own values are, or why there are none. */
function bindValues(config: LinkedConfig, route: LinkedRoute, caller: RequestCaller | null): BindValue[] | string {
  const values: BindValue[] = []
  for (const bind of route.binds) {
    const value = caller === null ? undefined : sourceOf(config, bind.to, caller.key)
    if (value === undefined) return `its bind needs ${sourceText(bind.to)}, which the caller lacks`
    values.push({ bind, value })
  }
  return values
}

function sourceOf({ tenants }: LinkedConfig, to: Bind['to'], key: LinkedKey): string | undefined {
  if (to.of === 'id') return key.id
  if (to.of === 'tenant') return tenants[key.tenant]?.name
  return to.of === 'metadata' ? key.metadata.find(([name]) => name === to.name)?.[1] : undefined
}

/** A parameter named like something that is known of the caller is often compared with it. */
function pathOf({ segments }: LinkedRoute, values: readonly BindValue[], caller: RequestCaller | null): string {
  const parts = segments.map((segment) => {
    if (segment.kind === 'literal') return segment.text
    const bound = values.find(({ bind }) => bind.of === 'path' && bind.name[0] === segment.name)
    const [, own] = caller?.key.metadata.find(([name]) => name === segment.name) ?? []
    return encodeURIComponent(bound?.value ?? own ?? PARAMETER_VALUE)
  })
  return '/' + parts.join('/')
}

/** Null where a required parameter cannot be made. */
function queryOf(route: LinkedRoute, values: readonly BindValue[], size: 'required' | 'all'): string | null {
  const parameters = new Map<string, readonly string[]>()
  for (const { name, required, schema } of route.query ?? []) {
    if (size === 'required' && !required) continue
    const value = sampleOf(schema)
    if (value === undefined && required) return null
    if (value !== undefined) parameters.set(name, [value].flat().map(String))
  }
  for (const { bind, value } of values) if (bind.of === 'query') parameters.set(bind.name[0] ?? '', [value])
  for (const [name, value] of route.match?.query ?? []) parameters.set(name, [value])
  const pairs = [...parameters].flatMap(([name, all]) =>
    all.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function headersOf(
  { settings }: LinkedConfig,
  route: LinkedRoute,
  caller: RequestCaller | null,
  isJson: boolean,
): Record<string, string> {
  const header = settings.keys?.headers[0] ?? 'x-api-key'
  const [host] = route.match?.hosts ?? []
  return {
    ...Object.fromEntries(route.match?.headers ?? []),
    ...(host === undefined ? {} : { host }),
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...(caller === null ? {} : { [header]: (header === 'authorization' ? 'Bearer ' : '') + caller.secret }),
  }
}

function withBinds(body: unknown, values: readonly BindValue[]): unknown {
  return values
    .filter(({ bind }) => bind.of === 'body')
    .reduce((changed, { bind, value }) => withMember(changed, bind.name, value), body)
}

function withMember(body: unknown, [name, ...rest]: readonly string[], value: string): unknown {
  if (name === undefined) return value
  const members = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
  // Safe: an object that came out of JSON.
  const own = (members as Readonly<Record<string, unknown>>)[name]
  return { ...members, [name]: withMember(own, rest, value) }
}

/** Undefined where nothing that was tried is taken. */
function sampleOf(schema: unknown): unknown {
  if (typeof schema !== 'object' && typeof schema !== 'boolean') return undefined
  return sampleValue(schema, acceptedBy(createBodyAjv().compile(schema ?? true)))
}
