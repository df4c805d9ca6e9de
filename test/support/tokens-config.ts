import { digestOf, makeSecret } from './make-secret.ts'

export const ISSUER = 'https://id.example.com'
export const OTHER_ISSUER = 'https://other.example.com'
export const SERVICE = 'https://opaque.example.com'
export const READER_KEY = makeSecret('acme', 'live', 'r')
export const FOREIGN_KEY = 'another-system-gave-this-out'

/** A gateway that takes keys, and the tokens of two issuers and one introspection service, each where it says so. */
export const TOKENS_CONFIG = `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:0
  keys: { prefix: acme, accept: [live], headers: [x-api-key, authorization] }
secrets:
  signer: \${env:SIGNER}
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
identity:
  corp:
    issuer: ${ISSUER}
    audience: acme-api
    jwks: ${ISSUER}/jwks.json
    algorithms: [RS256, ES256, EdDSA]
    leeway: 30s
    tenant: claims.org
    roles: { from: claims.groups, map: { ops: operator, partners: partner } }
    mfa: claims.amr.exists(a, a == "mfa")
  other:
    issuer: ${OTHER_ISSUER}
    audience: acme-api
    algorithms: [ES256]
    tenant: claims.org
    roles: [partner]
  opaque:
    introspect: { url: ${SERVICE}/introspect, cache: 30s }
    audience: acme-api
    tenant: claims.org
    roles: { from: claims.scope, map: { "read:things": partner } }
scopes:
  things:read: Read things
  things:write: Change things
  admin:all: Operate
roles:
  partner: [things:read]
  operator: [things:read, things:write, admin:all]
plans:
  small: { rate: 5/min, burst: 5, quota: 1_000/day, concurrency: 2 }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    auth: [key, corp]
    routes:
      GET /: { scope: things:read }
      POST /: { scope: things:write }
  corporate:
    basePath: /corp
    upstream: origin
    access: authenticated
    auth: [corp]
    routes:
      GET /: { scope: things:read }
      GET /admin: { scope: admin:all }
  keys-only:
    basePath: /keys
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
  opaque:
    basePath: /opaque
    upstream: origin
    access: authenticated
    auth: [key, opaque]
    routes:
      GET /: { scope: things:read }
  anybody:
    basePath: /any
    upstream: origin
    access: authenticated
    auth: [corp, other, opaque]
    routes:
      GET /: { scope: things:read }
  subscribed:
    basePath: /subscribed
    upstream: origin
    access: subscription
    auth: [key, corp]
    routes:
      GET /: { scope: things:read }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
tenants:
  globex:
    plan: small
    limits: { rate: 12/min, burst: 12 }
    subscriptions:
      subscribed: { status: approved, by: ops, since: 2026-11-01 }
    keys:
      reader: { digest: "${digestOf(READER_KEY)}", scopes: [things:read], expires: 2099-01-01 }
      signed:
        signing: { algorithm: hmac-sha256, secret: "\${secret:signer}" }
        scopes: [things:read]
        expires: 2099-01-01
      foreign: { digest: "${digestOf(FOREIGN_KEY)}", imported: true, scopes: [things:read], expires: 2099-01-01 }
  initech:
    subscriptions:
      subscribed: { status: pending }
`
