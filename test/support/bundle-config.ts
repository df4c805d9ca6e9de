import { digestOf, makeSecret } from './make-secret.ts'

export const BUNDLE_KEY = makeSecret('acme', 'live', 'b')
export const REVOKED_KEY = makeSecret('acme', 'live', 'r')

/**
 * A gateway with secrets from both places, as it would be deployed.
 *
 * @param folder Where the file with a secret lies. Absolute.
 */
export function bundleConfig(upstreamPort: number, folder: string): string {
  return `version: 1
gateway:
  name: deployed
  listen: 127.0.0.1:0
  threads: 2
  admin: 127.0.0.1:0
  keys: { prefix: acme }
  revocations: revoked.txt
secrets:
  token: \${env:DEPLOYED_TOKEN}
  file: \${file:${folder}/token.txt}
upstreams:
  origin: { targets: [http://127.0.0.1:${upstreamPort}], headers: { authorization: "Bearer \${secret:token}", x-file: "\${secret:file}" } }
scopes: { use: Use it }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /{id}: { scope: use }
tenants:
  globex:
    keys:
      b: { digest: "${digestOf(BUNDLE_KEY)}", scopes: [use], expires: 2099-01-01 }
      r: { digest: "${digestOf(REVOKED_KEY)}", scopes: [use], expires: 2099-01-01 }
`
}
