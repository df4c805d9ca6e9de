import { digestOf } from './make-secret.ts'

/** A key as a line of a file of keys has it. */
export type WrittenKey = { readonly id: string } & Readonly<Record<string, unknown>>

/** So many that all keys of a gateway go to a file beside its table. */
const OTHERS = 2_001
const HALF = 1_000

/** A gateway with one tenant, its keys written where the config is. */
export function configWith(keys: readonly WrittenKey[]): string {
  const lines = keys.map(({ id, ...members }) => `      ${id}: ${JSON.stringify(members)}`)
  return `${BEGINNING}  one:\n    plan: small\n    keys:\n${lines.join('\n')}\n`
}

/** The same gateway with the same keys in a file, among thousands of others. */
export function configWithFile(keys: readonly WrittenKey[]): { yaml: string; files: Readonly<Record<string, string>> } {
  const others = Array.from({ length: OTHERS }, (_, i) => otherKey(i))
  const lines = [...others.slice(0, HALF), ...keys, ...others.slice(HALF)]
  return {
    yaml: `${BEGINNING}  one: { plan: small, keysFrom: keys.ndjson }\n`,
    files: { 'keys.ndjson': lines.map((line) => JSON.stringify(line)).join('\n') + '\n' },
  }
}

/** The secret of one of the others. */
export function otherSecret(i: number): string {
  return `secret-of-other-${i}`
}

function otherKey(i: number): WrittenKey {
  return {
    id: `other-${i}`,
    digest: digestOf(otherSecret(i)),
    scopes: ['use'],
    imported: true,
    expires: '2099-01-01',
    metadata: { user: 'somebody' },
  }
}

const BEGINNING = `version: 1
gateway:
  name: filed
  listen: 127.0.0.1:0
  revocations: revoked.txt
  keys: { prefix: acme }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { use: Use it, more: See more, other: Something else }
roles:
  all: [use, more, other]
plans:
  small: { rate: 3/h }
  large: { rate: 9/h, quota: 20/day }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    fields: { allow: [id], withScope: { more: [secret] } }
    routes:
      GET /: { scope: use }
      GET /other: { scope: other }
      GET /of/{user}: { scope: use, bind: { user: key.metadata.user } }
tenants:
`
