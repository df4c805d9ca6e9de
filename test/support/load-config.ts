/** Every kind of limit, and routes that want something of a request, for load tests. */
export const LOAD_CONFIG = `version: 1
gateway:
  name: loaded
  listen: 127.0.0.1:8080
  keys: { prefix: demo, accept: [test] }
upstreams:
  shop: { targets: ["\${env:SHOP_URL}"], headers: { authorization: "Bearer \${file:/run/secrets/shop}" } }
scopes:
  orders:read: Read orders
  orders:write: Write orders
  reports:read: Read reports
plans:
  small: { rate: 600/min, burst: 20, quota: 200/day, concurrency: 6 }
apis:
  status:
    basePath: /status
    upstream: shop
    access: public
    limits: { rate: 120/min, per: address }
    routes:
      GET /: {}
  orders:
    basePath: /orders
    upstream: shop
    access: authenticated
    routes:
      GET /: { scope: orders:read, query: { limit: { type: integer, minimum: 5, required: true } } }
      GET /{orderId}: { scope: orders:read, match: { headers: { x-version: "2" } } }
      POST /: { scope: orders:write, body: ./order.schema.json, cost: 3 }
      GET /reports: { scope: reports:read }
      GET /mine/{owner}: { scope: orders:read, bind: { owner: key.metadata.owner }, limits: { rate: 60/min, burst: 3, per: key } }
      GET /never: { scope: orders:read, when: "key.tenant == 'nobody'" }
tenants:
  globex:
    plan: small
    limits: { rate: 3_000/min, burst: 50 }
    keys:
      globex-app:
        digest: sha256:05b866e4cae25ac50b3fe8891ea0bdfd9ce424b6248ce9da7e1674211a2d847a
        scopes: [orders:read, orders:write]
        allowIps: [203.0.113.0/24]
        expires: 2099-01-01
        metadata: { owner: u-1 }
      globex-batch:
        digest: sha256:c91c8a3e37f9b494e484b5de4327dd53c7ac3761010d17a0a6d741f3213e6e91
        scopes: [orders:read]
        expires: 2099-01-01
        metadata: { owner: u-2 }
      globex-idle:
        digest: sha256:fac8bcde78f944baa7bf8fe1ad6fe2ee03b107a1cfb28fa8ded64d7f90e214a9
        scopes: [orders:read]
        expires: 2099-01-01
        metadata: { owner: u-3 }
        suspended: { since: 2020-01-01, reason: unpaid }
`

/** The body that it asks for. */
export const LOAD_SCHEMA = JSON.stringify({
  type: 'object',
  required: ['items', 'currency'],
  properties: {
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    items: { type: 'array', minItems: 2, items: { $ref: '#/$defs/item' } },
    note: { type: 'string', maxLength: 5 },
  },
  additionalProperties: false,
  $defs: {
    item: {
      type: 'object',
      required: ['sku', 'quantity'],
      properties: { sku: { type: 'string', minLength: 8 }, quantity: { type: 'integer', exclusiveMinimum: 2 } },
      additionalProperties: false,
    },
  },
})
