import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { limitFields } from '../../../runtime/limit-fields.ts'
import { leaveLimits } from '../../../runtime/take-limits.ts'
import type { GatewayTable } from '../../../schemas/table.ts'
import { compileTestTable, testSecret } from '../../support/decider.ts'
import { signRequest } from '../../support/sign-request.ts'
import { digestOfToken } from '../../support/test-identity.ts'
import { CLAIMS, EC, ED, OTHER, RSA, createTokensGateway, type TokensGateway } from '../../support/tokens-gateway.ts'
import { FOREIGN_KEY, ISSUER, OTHER_ISSUER, READER_KEY, TOKENS_CONFIG } from '../../support/tokens-config.ts'

let table: GatewayTable
let gateway: TokensGateway

beforeAll(async () => {
  table = await compileTestTable(TOKENS_CONFIG)
})

beforeEach(() => {
  gateway = createTokensGateway(table)
})

describe('a token that holds', () => {
  test.each([EC, RSA, ED])('opens what its roles open, signed by $algorithm', async (signer) => {
    const { caller, refusal } = await gateway.decide(signer.token(CLAIMS))
    expect(refusal).toBeNull()
    expect(caller).toMatchObject({
      id: expect.stringMatching(/^https:\/\/id\.example\.com\/[0-9a-f]{12}$/),
      key: -1,
      tenantName: 'globex',
      plan: 'small',
      claims: CLAIMS,
      authentication: { mfa: false, acr: null },
      token: { identity: 0, issuer: ISSUER, subject: 'ann' },
    })
  })

  test('is told to the upstream, and shown to nobody', async () => {
    const { caller, lines } = await gateway.decide(EC.token(CLAIMS))
    expect(caller?.identity).toBe(
      `x-keysmith-issuer: ${ISSUER}\r\nx-keysmith-subject: ann\r\nx-keysmith-tenant: globex\r\nx-keysmith-scopes: things:read\r\n`,
    )
    expect(lines).toBe('')
  })

  test('has a subject that is safe in a header', async () => {
    const { caller } = await gateway.decide(EC.token({ ...CLAIMS, sub: 'ann\r\nx-keysmith-tenant: initech\u00e4' }))
    expect(caller?.identity).toContain('x-keysmith-subject: ann%0D%0Ax-keysmith-tenant%3A%20initech%C3%A4\r\n')
    expect(caller?.facts?.id).toBe('ann\r\nx-keysmith-tenant: initech\u00e4')
  })

  test('carries its digest, for who takes tokens back', async () => {
    const token = EC.token(CLAIMS)
    expect((await gateway.decide(token)).caller?.token?.digest).toBe(digestOfToken(token))
  })

  test('says how strong the proof was', async () => {
    const { caller } = await gateway.decide(EC.token({ ...CLAIMS, amr: ['pwd', 'mfa'], acr: 'urn:acme:strong' }))
    expect(caller?.authentication).toEqual({ mfa: true, acr: 'urn:acme:strong' })
    const weak = await gateway.decide(EC.token({ ...CLAIMS, sub: 'bob', amr: 'mfa', acr: 1 }))
    expect(weak.caller?.authentication).toEqual({ mfa: false, acr: null })
  })

  test('may be shown in any header that keys may be shown in', async () => {
    expect(await gateway.codeOf('', { headers: [['x-api-key', EC.token(CLAIMS)]] })).toBeNull()
  })

  test('may name no key where only one can have signed it', async () => {
    expect(await gateway.codeOf(EC.token(CLAIMS, { kid: undefined }))).toBeNull()
  })
})

describe('claims become grants', () => {
  test.each([
    [{ groups: ['ops'] }, null],
    [{ groups: 'partners ops' }, null],
    [{ groups: ['partners'] }, 'insufficient-scope'],
    [{ groups: [] }, 'insufficient-scope'],
    [{ groups: undefined }, 'insufficient-scope'],
    [{ groups: { ops: true } }, 'insufficient-scope'],
    [{ groups: [['ops']] }, 'insufficient-scope'],
    [{ groups: ['OPS', 'ops ', 'operator'] }, 'insufficient-scope'],
    [{ groups: [], scope: 'openid things:write' }, null],
    [{ groups: [], scope: ['things:write'] }, null],
    [{ groups: [], scp: ['things:write'] }, null],
    [{ groups: [], scp: 'things:write' }, null],
    [{ groups: [], scope: 'things:writer' }, 'insufficient-scope'],
    [{ groups: [], scope: 'operator' }, 'insufficient-scope'],
    [{ groups: [], scopes: ['things:write'] }, 'insufficient-scope'],
  ])('of %o', async (claims, code) => {
    expect(await gateway.codeOf(EC.token({ ...CLAIMS, ...claims }), { method: 'POST' })).toBe(code)
  })

  test('roles that all callers of an identity hold need no claim', async () => {
    const token = OTHER.token({ ...CLAIMS, iss: OTHER_ISSUER, groups: undefined })
    expect(await gateway.codeOf(token, { url: '/any' })).toBeNull()
  })

  test("a tenant's subscription decides for its tokens as for its keys", async () => {
    expect(await gateway.codeOf(EC.token(CLAIMS), { url: '/subscribed' })).toBeNull()
    expect(await gateway.codeOf(EC.token({ ...CLAIMS, org: 'initech' }), { url: '/subscribed' })).toBe(
      'subscription-not-approved',
    )
  })

  test.each([
    { org: 'hooli' },
    { org: '' },
    { org: undefined },
    { org: ['globex'] },
    { org: 'constructor' },
    { org: 7 },
  ])('a token of %o is of no tenant here, and refused', async (claims) =>
    expect(await gateway.codeOf(EC.token({ ...CLAIMS, ...claims }))).toBe('invalid-token'),
  )
})

describe('which credentials a route takes', () => {
  test.each([
    ['/things', 'key', null],
    ['/things', 'token', null],
    ['/corp', 'token', null],
    ['/corp', 'key', 'invalid-key'],
    ['/corp', 'unknown key', 'invalid-key'],
    ['/corp', 'foreign key', 'invalid-token'],
    ['/keys', 'key', null],
    ['/keys', 'foreign key', null],
    ['/keys', 'token', 'invalid-key'],
    ['/keys', 'unknown key', 'invalid-key'],
    ['/keys', 'opaque', 'invalid-key'],
    ['/opaque', 'key', null],
    ['/opaque', 'foreign key', null],
    ['/opaque', 'opaque', null],
    ['/opaque', 'unknown key', 'invalid-key'],
    ['/any', 'opaque', null],
    ['/any', 'token', null],
    ['/any', 'foreign key', 'invalid-token'],
    ['/things', 'opaque', 'invalid-token'],
    ['/open', 'token', null],
    ['/things', 'nothing', 'missing-credential'],
  ])('%s and a credential that is a %s', async (url, kind, code) => {
    gateway.identity.tokens.set('an-opaque-token', {
      active: true,
      sub: 'ann',
      aud: 'acme-api',
      org: 'globex',
      scope: 'read:things',
    })
    const credentials: Readonly<Record<string, string>> = {
      key: READER_KEY,
      'unknown key': READER_KEY.slice(0, -1) + (READER_KEY.endsWith('0') ? '1' : '0'),
      'foreign key': FOREIGN_KEY,
      token: EC.token(CLAIMS),
      opaque: 'an-opaque-token',
      nothing: '',
    }
    expect(await gateway.codeOf(credentials[kind] ?? '', { url })).toBe(code)
  })

  test('a key that signs is a key', async () => {
    const signed = (url: string) => signRequest({ url }, { keyId: 'signed', key: testSecret('signer') })
    const codes: unknown[] = []
    for (const url of ['/things', '/keys', '/corp', '/any']) codes.push(await gateway.codeOf('', signed(url)))
    expect(codes).toEqual([null, null, 'invalid-key', 'invalid-key'])
  })

  test('a key of ours is shown to no service', async () => {
    await gateway.codeOf(READER_KEY, { url: '/any' })
    await gateway.codeOf(READER_KEY, { url: '/opaque' })
    await gateway.codeOf('acme_live_something', { url: '/any' })
    await gateway.codeOf(FOREIGN_KEY, { url: '/opaque' })
    expect(gateway.identity.asked).not.toContain(READER_KEY)
    expect(gateway.identity.asked).not.toContain('acme_live_something')
    expect(gateway.identity.asked).not.toContain(FOREIGN_KEY)
  })
})

describe('limits of a token', () => {
  async function spend(claims: object, count: number): Promise<(string | null)[]> {
    const codes: (string | null)[] = []
    for (let i = 0; i < count; i++) codes.push(await gateway.codeOf(EC.token({ ...CLAIMS, ...claims, jti: String(i) })))
    return codes
  }

  test('count for each subject alone, and for all of a tenant together', async () => {
    const five = [null, null, null, null, null]
    expect(await spend({ sub: 'ann' }, 6)).toEqual([...five, 'rate-exceeded'])
    expect(await spend({ sub: 'bob' }, 6)).toEqual([...five, 'rate-exceeded'])
    // The tenant's own rate of 12 is shared; what a subject's rate refused is not counted.
    expect(await spend({ sub: 'cid' }, 3)).toEqual([null, null, 'rate-exceeded'])
  })

  test('count one issuer and subject once, whatever the token and whoever verified it', async () => {
    const { caller } = await gateway.decide(EC.token(CLAIMS))
    const again = await gateway.decide(RSA.token({ ...CLAIMS, jti: 'another' }))
    const foreign = await gateway.decide(OTHER.token({ ...CLAIMS, iss: OTHER_ISSUER }), { url: '/any' })
    expect(again.caller?.counterWords).toEqual(caller?.counterWords)
    expect(foreign.caller?.counterWords).not.toEqual(caller?.counterWords)
  })

  test('count what is in flight', async () => {
    const token = EC.token(CLAIMS)
    const [first, second, third] = [
      await gateway.decide(token),
      await gateway.decide(token),
      await gateway.decide(token),
    ]
    expect([first, second, third].map(({ refusal }) => refusal?.code ?? null)).toEqual([
      null,
      null,
      'concurrency-exceeded',
    ])
    if (first !== undefined) leaveLimits(first)
    expect(await gateway.codeOf(token)).toBeNull()
  })

  test('are told as those of keys are', async () => {
    const exchange = await gateway.decide(EC.token(CLAIMS))
    expect(limitFields(exchange)).toBe(
      'ratelimit-policy: "rate";q=5;w=60, "quota";q=1000;w=86400\r\nratelimit: "rate";r=4;t=12, "quota";r=999;t=43200\r\n',
    )
  })

  test('are taken from by refusals, too', async () => {
    for (let i = 0; i < 5; i++)
      expect(await gateway.codeOf(EC.token(CLAIMS), { url: '/corp/admin' })).toBe('insufficient-scope')
    expect(await gateway.codeOf(EC.token(CLAIMS))).toBe('rate-exceeded')
  })
})
