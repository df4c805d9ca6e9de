import { describe, expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'

const TLS = '{ address: 127.0.0.1:8443, tls: { cert: ./c.pem, key: ./k.pem, clientCa: ./ca.pem } }'
const MACHINES = 'certificates: [{ san: m.example }], tenant: globex, roles: [reader]'
const CORP = 'issuer: https://id.example.com, audience: acme, tenant: claims.org, roles: [reader]'

interface Parts {
  readonly listen?: string
  readonly machines?: string
  readonly corp?: string
  readonly auth?: string
  readonly route?: string
}

function config({
  listen = TLS,
  machines = MACHINES,
  corp = CORP,
  auth = 'machines, corp',
  route = '',
}: Parts): string {
  return `version: 1
gateway: { name: acme, listen: ${listen} }
upstreams: { origin: { targets: [http://127.0.0.1:9001] } }
identity:
  machines: { ${machines} }
  corp: { ${corp} }
scopes: { read: Read }
roles: { reader: [read] }
apis:
  things: { basePath: /things, upstream: origin, access: authenticated, auth: [machines, corp], routes: { GET /: { scope: read } } }
  other: { basePath: /other, upstream: origin, access: authenticated, auth: [${auth}], routes: { GET /: { scope: read${route} } } }
tenants: { globex: {} }
`
}

const told = (parts: Parts): string[] => summaryOf(checkText(config(parts))).map((text) => text.split(' ')[0] ?? '')
const messages = (parts: Parts): string[] => checkText(config(parts)).map(({ message }) => message)

describe('an identity of certificates', () => {
  test('is fine beside one of tokens, on one of several listeners that asks for certificates', () => {
    expect(told({})).toEqual([])
    expect(told({ listen: `["127.0.0.1:8080", ${TLS}]` })).toEqual([])
  })

  test.each(['127.0.0.1:8080', '{ address: 127.0.0.1:8443, tls: { cert: ./c.pem, key: ./k.pem } }'])(
    'is never asked for with %s',
    (listen) => expect(told({ listen })).toEqual(['certificates-never-asked-for']),
  )

  test('knows callers in no other way besides', () => {
    const machines = `${MACHINES}, issuer: https://other.example.com`
    expect(messages({ machines })).toEqual([
      'Identity "machines" names issuer and certificates; it must name just one of them.',
    ])
  })

  test.each([
    ['audience', 'audience: acme'],
    ['leeway', 'leeway: 10s'],
    ['mfa', 'mfa: claims.x == "y"'],
    ['dpop', 'dpop: required'],
  ])('has no claims for "%s" to look at', (key, member) => {
    expect(messages({ machines: `${MACHINES}, ${member}` })).toEqual([
      `"${key}" decides nothing for identity "machines", which knows certificates.`,
    ])
  })

  test('has no claims for a bind or a condition of a route that takes nobody else', () => {
    const bind = ', bind: { query.user: claims.sub }'
    expect(told({ route: bind })).toEqual([])
    expect(told({ route: bind, auth: 'machines' })).toEqual(['bind-never-holds'])
    const when = ', when: claims.sub == "a"'
    expect(told({ route: when })).toEqual([])
    expect(told({ route: when, auth: 'machines' })).toEqual(['condition-on-missing-claims'])
  })

  test('takes its roles from a list', () => {
    const machines =
      'certificates: [{ san: m.example }], tenant: globex, roles: { from: claims.groups, map: { a: reader } }'
    expect(told({ machines })).toEqual(['identity-key-without-effect'])
  })

  test('says whose its callers are, by the name of a tenant', () => {
    expect(told({ machines: 'certificates: [{ san: m.example }], roles: [reader]' })).toEqual([
      'identity-without-tenant',
    ])
    expect(told({ machines: MACHINES.replace('globex', 'claims.org') })).toEqual(['tenant-unknown'])
  })

  test.each(['{ san: "*" }', '{ subject: robot }', '{ thumbprint: "sha256:abc" }'])('cannot know %s', (match) => {
    const machines = MACHINES.replace('{ san: m.example }', match)
    expect(told({ machines })).toEqual(['certificate-match-wrong-form'])
  })

  test.each(['{}', '{ san: a.example, subject: CN=a }', '{ issuer: CN=a }'])(
    'knows each in one way, not by %s',
    (match) => {
      const machines = MACHINES.replace('{ san: m.example }', match)
      expect(told({ machines })).toEqual([expect.stringMatching(/^config-/)])
    },
  )
})

describe('a route that requires a second factor', () => {
  const route = ', requires: { mfa: true }'

  test('needs an identity that says what counts as one', () => {
    expect(told({ route })).toEqual(['requirement-never-met'])
    expect(told({ route, corp: `${CORP}, mfa: claims.strong == true` })).toEqual([])
    expect(told({ route, auth: 'machines', corp: `${CORP}, mfa: claims.strong == true` })).toEqual([
      'requirement-never-met',
    ])
  })

  test('may ask for a class of authentication of any token', () => {
    expect(told({ route: ', requires: { acr: ["urn:a"] }' })).toEqual([])
    expect(told({ route: ', requires: { acr: ["urn:a"] }', auth: 'machines' })).toEqual(['requirement-never-met'])
  })
})
