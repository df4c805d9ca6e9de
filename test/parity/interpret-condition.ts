import { isCelError, run } from '@bufbuild/cel'
import ipaddr from 'ipaddr.js'
import { addressOf, type Caller } from './interpret-caller.ts'
import type { PlainConfig } from './interpret-config.ts'
import { oneForm, valuesOf, type PlainFound, type PlainRequest } from './interpret-path.ts'

/** True when a route's `when` holds, as the CEL library itself evaluates the text of the YAML. */
export function conditionHolds(
  config: PlainConfig,
  found: PlainFound,
  caller: Caller | null,
  request: PlainRequest,
): boolean {
  const { when } = found.route
  return (
    when === undefined ||
    run(when, { key: keyOf(config, caller), claims: {}, request: requestOf(config, found, request) }) === true
  )
}

function keyOf(config: PlainConfig, caller: Caller | null) {
  const { scopes = [], roles = [], metadata = {} } = caller?.key ?? {}
  const held = new Set([...scopes, ...roles.flatMap((role) => config.roles?.[role] ?? [])])
  return {
    id: caller?.id ?? '',
    tenant: caller?.tenantName ?? '',
    scopes: [...held],
    roles: [...roles],
    metadata: { ...metadata },
  }
}

function requestOf(config: PlainConfig, found: PlainFound, request: PlainRequest) {
  const query = new URLSearchParams(request.query)
  const names = [...new Set(query.keys())]
  const path = oneForm(request.path) ?? ''
  const time = run(`timestamp("${new Date(request.wallMs).toISOString()}")`)
  if (isCelError(time)) throw time
  return {
    method: request.method,
    path,
    params: paramsOf(found, path),
    query: Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])),
    queryAll: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
    headers: headersOf(config, request),
    address: ipaddr.process(addressOf(config, request)).toString(),
    time,
  }
}

/** Whatever else it brings; its credentials are nobody's business. */
function headersOf({ gateway }: PlainConfig, request: PlainRequest): Record<string, string> {
  const credentials = gateway.keys?.headers ?? ['x-api-key', 'authorization']
  const names = request.headers.map(([name]) => name).filter((name) => !credentials.includes(name))
  return Object.fromEntries(names.map((name) => [name, valuesOf(request, name).join(', ')]))
}

function paramsOf({ api, name }: PlainFound, path: string): Record<string, string> {
  const pattern = `${api.basePath}/${name.slice(name.indexOf(' ') + 1)}`.split('/').filter((part) => part !== '')
  const segments = path.split('/').filter((part) => part !== '')
  const params = pattern.flatMap((part, i) =>
    /^\{\w+\}$/.test(part) ? [[part.slice(1, -1), decodeURIComponent(segments[i] ?? '')]] : [],
  )
  return Object.fromEntries(params) as Record<string, string>
}
