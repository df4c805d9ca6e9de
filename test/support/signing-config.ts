import { generateKeyPairSync } from 'node:crypto'
import { testSecret } from './decider.ts'
import { digestOf, makeSecret } from './make-secret.ts'

/** Keys of a gateway that takes signatures, as their owners hold them. */
export const PLAIN_SECRET = makeSecret('acme', 'live', 'p')
export const SHARED_SECRET = testSecret('shared')
export const OTHER_SECRET = testSecret('other')
const pair = generateKeyPairSync('ed25519')
export const PRIVATE_KEY = pair.privateKey
export const PUBLIC_KEY = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)

const HMAC = 'algorithm: hmac-sha256, secret: "${secret:shared}"'

/** A gateway with keys that sign in both ways, and one that shows a secret. */
export const SIGNING_CONFIG = `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: acme, headers: [x-api-key, authorization] }
secrets:
  shared: \${env:SHARED}
  other: \${env:OTHER}
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes:
  things: Do things
  others: Do others
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things }
      GET /{id}: { scope: things }
      POST /: { scope: things, requests: { body: 1KB } }
      PUT /: { scope: things, body: thing.schema.json, requests: { body: 1KB } }
      GET /others: { scope: others }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
tenants:
  globex:
    keys:
      shared: { signing: { ${HMAC} }, scopes: [things], expires: 2099-01-01 }
      paired:
        signing: { algorithm: ed25519, publicKey: ${PUBLIC_KEY.toString('base64')}, window: 30s }
        scopes: [things]
        expires: 2099-01-01
      plain: { digest: "${digestOf(PLAIN_SECRET)}", scopes: [things, others], expires: 2099-01-01 }
      expired: { signing: { ${HMAC} }, scopes: [things], expires: 2026-11-01 }
      early: { signing: { ${HMAC} }, scopes: [things], notBefore: 2026-12-01, expires: 2099-01-01 }
      suspended: { signing: { ${HMAC} }, scopes: [things], expires: 2099-01-01, suspended: { since: 2026-01-01 } }
      inside: { signing: { ${HMAC} }, scopes: [things], expires: 2099-01-01, allowIps: [10.1.0.0/16] }
      limited: { signing: { ${HMAC} }, scopes: [things], expires: 2099-01-01, limits: { rate: 1/h } }
  initech:
    keys:
      other:
        signing: { algorithm: hmac-sha256, secret: "\${secret:other}" }
        scopes: [things]
        expires: 2099-01-01
`

export const SIGNING_FILES = {
  'thing.schema.json': '{ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] }',
}
