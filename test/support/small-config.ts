/** The smallest gateway that shows a thing or two: a route behind a scope, and a key that may call it. */
export const SMALL_CONFIG = `version: 1
gateway:
  name: small
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  keys: { prefix: small }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes:
  things:read: Read things
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
tenants:
  globex:
    keys:
      reader:
        digest: sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f
        scopes: [things:read]
        expires: 2099-01-01
`

/** A gateway that lets everyone through to one upstream, whatever the path. */
export const SMALL_PUBLIC_CONFIG = `version: 1
gateway:
  name: small
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: small }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      ANY /{rest...}: {}
`
