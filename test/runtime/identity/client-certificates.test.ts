import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Exchange } from '../../../runtime/exchange.ts'
import { writeHex } from '../../../runtime/identity/digest-table.ts'
import { applyRevocations } from '../../../runtime/revocations/revoked.ts'
import { createRevocationList } from '../../../runtime/revocations/revocation-list.ts'
import type { GatewayTable } from '../../../schemas/table.ts'
import { createAuthority, type Authority, type CertificateOptions } from '../../support/certificates.ts'
import { AT_MS, compileTestTable, type TestRequest } from '../../support/decider.ts'
import { group } from '../../support/group.ts'
import { digestOf, makeSecret } from '../../support/make-secret.ts'
import { sentLines } from '../../support/sent-lines.ts'
import { valuesOf } from '../../support/header-lines.ts'
import { CLAIMS, createTokensGateway, EC, type TokensGateway } from '../../support/tokens-gateway.ts'
import { ISSUER } from '../../support/tokens-config.ts'

const DAY_MS = 86_400_000
const SECRET = makeSecret('acme', 'live', 'r')

/** Takes keys, tokens and certificates, each where it says so. */
const CONFIG = `version: 1
gateway:
  name: acme
  listen: { address: 127.0.0.1:8443, tls: { cert: ./cert.pem, key: ./key.pem, clientCa: ./clients.pem } }
  keys: { prefix: acme }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
identity:
  machines:
    certificates: [{ san: "*.globex.example" }, { subject: "CN=robot-7,O=Globex" }]
    tenant: globex
    roles: [partner]
  others:
    certificates: [{ san: a.globex.example }, { san: other.example }]
    tenant: initech
    roles: [operator]
  corp:
    issuer: ${ISSUER}
    audience: acme-api
    jwks: ${ISSUER}/jwks.json
    tenant: claims.org
    roles: { from: claims.groups, map: { partners: partner } }
    mfa: claims.amr.exists(a, a == "mfa")
scopes: { things:read: Read, things:write: Write }
roles: { partner: [things:read], operator: [things:read, things:write] }
plans: { small: { rate: 3/min, burst: 3 } }
apis:
  things: { basePath: /things, upstream: origin, access: authenticated, auth: [key, machines], routes: { GET /: { scope: things:read }, POST /: { scope: things:write } } }
  shared: { basePath: /shared, upstream: origin, access: authenticated, auth: [others, machines], routes: { GET /: { scope: things:read } } }
  keys: { basePath: /keys, upstream: origin, access: authenticated, routes: { GET /: { scope: things:read } } }
  strong:
    basePath: /strong
    upstream: origin
    access: authenticated
    auth: [key, machines, corp]
    routes: { GET /: { scope: things:read, requires: { mfa: true } } }
  tokens: { basePath: /tokens, upstream: origin, access: authenticated, auth: [corp, machines], routes: { GET /: { scope: things:read } } }
tenants:
  globex:
    plan: small
    keys: { reader: { digest: "${digestOf(SECRET)}", scopes: [things:read], expires: 2099-01-01 } }
  initech: {}
`

group('certificates made for the test', () => {
  let folder: string
  let authority: Authority
  let table: GatewayTable
  let gateway: TokensGateway
  let machine: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keysmith-clients-'))
    authority = createAuthority(folder)
    table = await compileTestTable(CONFIG)
    machine = issue({ subject: '/CN=x', names: 'DNS:m1.globex.example' })
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeEach(() => {
    gateway = createTokensGateway(table)
  })

  function issue(options: CertificateOptions): string {
    const { cert } = authority.issue({
      from: new Date(AT_MS - DAY_MS),
      until: new Date(AT_MS + 10 * DAY_MS),
      ...options,
    })
    return readFileSync(cert, 'utf8')
  }
  const named = (names: string): string => issue({ subject: '/CN=x', names })
  const decide = (certificate: string, request: Partial<TestRequest> = {}, credential = ''): Promise<Exchange> =>
    gateway.decide(credential, { certificate, scheme: 'https', ...request })
  const codeOf = async (...args: Parameters<typeof decide>): Promise<string | null> =>
    (await decide(...args)).refusal?.code ?? null

  describe('a client certificate', () => {
    test('is a caller of its tenant, with its roles, known by the name that fitted', async () => {
      const exchange = await decide(machine)
      expect(exchange.refusal).toBeNull()
      expect(exchange.caller).toMatchObject({
        id: expect.stringMatching(/^machines\/[0-9a-f]{12}$/) as string,
        key: -1,
        tenantName: 'globex',
        plan: 'small',
        claims: null,
        authentication: { mfa: false, acr: null },
        token: { issuer: 'machines', subject: 'm1.globex.example' },
      })
      const lines = sentLines(exchange)
      const said = ['issuer', 'subject', 'tenant', 'scopes'].map((name) => valuesOf(lines, `x-keysmith-${name}`))
      expect(said).toEqual([['machines'], ['m1.globex.example'], ['globex'], ['things:read']])
    })

    test('opens what its roles open, and no more', async () => {
      expect(await codeOf(machine, { method: 'POST' })).toBe('insufficient-scope')
      expect(await codeOf(machine, { url: '/keys' })).toBe('missing-credential')
    })

    test.each([
      ['DNS:a.b.globex.example', null],
      ['DNS:globex.example', null],
      ['DNS:*.globex.example', null],
      ['DNS:evil.example, URI:https://m1.globex.example', null],
      ['DNS:M2.Globex.example', 'm2.globex.example'],
    ])('with %s is known as %s', async (names, subject) => {
      const { caller, refusal } = await decide(named(names))
      expect(caller?.token?.subject ?? null).toBe(subject)
      expect(refusal?.code ?? null).toBe(subject === null ? 'missing-credential' : null)
    })

    test.each([
      ['/O=Globex/CN=robot-7', true],
      ['/CN=robot-7', false],
      ['/CN=robot-7/O=Globex', false],
      ['/O=Globex/CN=robot-7/OU=x', false],
      ['/O=Globex/CN=robot-8', false],
      ['/O=Globex\nCN=robot-7', false],
      ['/CN=O=Globex\nCN=robot-7', false],
      ['/O=Globex + CN=robot-7', false],
    ])('of %j is known by its subject: %s', async (subject, isKnown) => {
      expect(await codeOf(issue({ subject }))).toBe(isKnown ? null : 'missing-credential')
    })

    test('is none where nobody was asked for one, and none came where they were', async () => {
      expect(await codeOf('')).toBe('missing-credential')
      expect((await gateway.decide('', { url: '/things' })).refusal?.code).toBe('missing-credential')
      expect(await codeOf('no certificate')).toBe('missing-credential')
    })

    test('has an end also in a connection that is resumed long after', async () => {
      expect(await codeOf(machine, { afterMs: 10 * DAY_MS - 1000 })).toBeNull()
      expect(await codeOf(machine, { afterMs: 10 * DAY_MS + 1000 })).toBe('missing-credential')
      expect(await codeOf(machine, { afterMs: -2 * DAY_MS })).toBe('missing-credential')
    })

    test('does not make up for a key or a token that does not hold', async () => {
      expect(await codeOf(machine, {}, 'acme_live_wrong')).toBe('invalid-key')
      expect(await codeOf(machine, { url: '/tokens' }, EC.token({ ...CLAIMS, exp: 1 }))).toBe('invalid-token')
      const headers = [
        ['x-api-key', SECRET],
        ['authorization', 'Bearer other'],
      ] as const
      expect(await codeOf(machine, { headers })).toBe('ambiguous-credential')
    })

    test('stands back behind a key that holds', async () => {
      expect((await decide(machine, {}, SECRET)).caller?.id).toBe('reader')
    })

    test('that fits two identities of a route is of the one that its auth names first', async () => {
      const both = named('DNS:a.globex.example')
      expect((await decide(both, { url: '/shared' })).caller?.tenantName).toBe('initech')
      expect((await decide(both, { url: '/things' })).caller?.tenantName).toBe('globex')
      expect(await codeOf(named('DNS:other.example'), { url: '/things' })).toBe('missing-credential')
    })

    test('is limited by its name: renewed it is the same caller, another name is another', async () => {
      const renewed = named('DNS:m1.globex.example')
      const codes = []
      for (const shown of [machine, renewed, machine, renewed]) codes.push(await codeOf(shown))
      expect(codes).toEqual([null, null, null, 'rate-exceeded'])
      expect(await codeOf(named('DNS:m2.globex.example'))).toBeNull()
    })

    test('is never strong enough where more than one factor is required', async () => {
      expect(await codeOf(machine, { url: '/strong' })).toBe('stronger-authentication-required')
      expect(await codeOf('', { url: '/strong' }, SECRET)).toBe('stronger-authentication-required')
      const token = (amr: string[]) => EC.token({ ...CLAIMS, amr })
      expect(await codeOf('', { url: '/strong' }, token(['pwd']))).toBe('stronger-authentication-required')
      expect(await codeOf('', { url: '/strong' }, token(['pwd', 'mfa']))).toBeNull()
    })

    test('is revoked by its name, or by its thumbprint', async () => {
      const { table: loaded } = await decide(machine)
      const digest = createHash('sha256').update(new X509Certificate(machine).raw).digest('hex')
      const words = new Int32Array(8)
      writeHex(words, 0, digest)
      const lists = [
        createRevocationList(new Int32Array(0), [], ['machines/m1.globex.example']),
        createRevocationList(words, [], []),
      ]
      for (const list of lists) {
        applyRevocations(loaded, list)
        expect(await codeOf(machine)).toBe('revoked-key')
        applyRevocations(loaded, createRevocationList(new Int32Array(0), [], []))
        expect(await codeOf(machine)).toBeNull()
      }
    })
  })

  describe('a token that is bound to a certificate', () => {
    const thumbprint = (pem: string): string =>
      createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
    const bound = (cnf: unknown): string => EC.token({ ...CLAIMS, cnf })

    test('holds in the hands of who holds that', async () => {
      const token = bound({ 'x5t#S256': thumbprint(machine) })
      const exchange = await decide(machine, { url: '/tokens' }, token)
      expect([exchange.refusal, exchange.caller?.token?.subject]).toEqual([null, 'ann'])
      // Verified a moment ago, it is still good for nobody else.
      expect(await codeOf('', { url: '/tokens' }, token)).toBe('invalid-token')
      expect(await codeOf(named('DNS:m1.globex.example'), { url: '/tokens' }, token)).toBe('invalid-token')
      expect((await gateway.decide(token, { url: '/tokens' })).refusal).toMatchObject({
        status: 401,
        code: 'invalid-token',
        headers: expect.stringContaining('error="invalid_token"') as string,
      })
      expect(await codeOf(machine, { url: '/tokens' }, token)).toBeNull()
    })

    test('does not hold once the certificate has ended', async () => {
      const short = issue({ subject: '/CN=x', until: new Date(AT_MS + 60_000) })
      const token = bound({ 'x5t#S256': thumbprint(short) })
      expect(await codeOf(short, { url: '/tokens' }, token)).toBeNull()
      expect(await codeOf(short, { url: '/tokens', afterMs: 61_000 }, token)).toBe('invalid-token')
    })

    test('holds for no value that is not just that thumbprint', async () => {
      const own = thumbprint(machine)
      const hex = Buffer.from(own, 'base64url').toString('hex')
      const values = ['', own.slice(1), own + '=', own + 'A', hex, own.toLowerCase(), null, 1, [own], { own }]
      for (const value of values)
        expect(await codeOf(machine, { url: '/tokens' }, bound({ 'x5t#S256': value }))).toBe('invalid-token')
    })

    test('holds for no other binding besides', async () => {
      const own = { 'x5t#S256': thumbprint(machine) }
      for (const cnf of [{ ...own, other: 'x' }, { ...own, jwk: {} }, {}, [own], 'x', JSON.parse('{"__proto__":1}')])
        expect(await codeOf(machine, { url: '/tokens' }, bound(cnf))).toBe('invalid-token')
    })
  })
})
