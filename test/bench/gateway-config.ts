import { KEY_PREFIX, type BenchKey } from './keys.ts'

export interface GatewayPlaces {
  readonly port: number
  readonly adminPort: number
  readonly upstreamPort: number
  /** Where the access log goes. Absolute. */
  readonly logFile: string
}

/** What the benchmark asks Keysmith to do: key, scope, rate, metrics and access log for each request. */
export function gatewayConfig(keys: readonly BenchKey[], places: GatewayPlaces): string {
  const callers = keys.map((key) => {
    return `      ${key.id}: { digest: "${key.digest}", scopes: [items:read, items:write], expires: 2099-01-01 }\n`
  })
  return `version: 1

gateway:
  name: bench
  listen: 127.0.0.1:${places.port}
  admin: 127.0.0.1:${places.adminPort}
  threads: 1
  keys: { prefix: ${KEY_PREFIX}, accept: [test], headers: [x-api-key] }
  log: { access: ${JSON.stringify(places.logFile)} }

upstreams:
  items:
    targets: [http://127.0.0.1:${places.upstreamPort}]
    connections: 512

scopes:
  items:read: Read items
  items:write: Create items

plans:
  bench: { rate: 1_000_000/s }

apis:
  items:
    title: Items
    basePath: /v1/items
    upstream: items
    access: authenticated
    routes:
      GET /{itemId}: { scope: items:read }
      POST /{itemId}: { scope: items:write }
  events:
    title: Events
    basePath: /v1/events
    upstream: items
    access: authenticated
    routes:
      GET /{itemId}: { scope: items:read }

tenants:
  callers:
    title: Callers
    plan: bench
    keys:
${callers.join('')}`
}
