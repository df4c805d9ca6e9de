/** What of a small gateway a test sets itself: pieces of YAML, each indented for its place. */
export interface OrderConfigPieces {
  /** Below "gateway:", two spaces deep. */
  readonly gateway?: string
  /** Below the upstream's name, four spaces deep. */
  readonly upstream?: string
  /** Below the api's name, four spaces deep. */
  readonly api?: string
  readonly access?: 'public' | 'authenticated' | 'subscription'
  /** Below "routes:", six spaces deep. */
  readonly routes?: string
  /** Behind all that. */
  readonly rest?: string
}

/** A gateway with one api, "orders", of one upstream, whose routes ask for the scope "read". */
export function orderConfig(pieces: OrderConfigPieces = {}): string {
  const { gateway = '', upstream = '', api = '', access = 'authenticated', rest = '' } = pieces
  const { routes = access === 'public' ? '      GET /: {}\n' : '      GET /: { scope: read }\n' } = pieces
  const scopes = access === 'public' ? '' : 'scopes:\n  read: Read orders\n'
  return `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:8080
  keys: { prefix: acme }
${gateway}upstreams:
  orders:
    targets: [http://127.0.0.1:9001]
${upstream}${scopes}apis:
  orders:
    basePath: /orders
    upstream: orders
    access: ${access}
${api}    routes:
${routes}${rest}`
}

/** A tenant with one key, "web"; `key` stands below it, eight spaces deep. */
export function tenantWithKey(key: string, tenant = ''): string {
  const digest = 'sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f'
  return `tenants:
  globex:
${tenant}    keys:
      web:
        digest: ${digest}
${key}`
}
