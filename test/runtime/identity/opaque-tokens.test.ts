import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayTable } from '../../../schemas/table.ts'
import { AT_MS, compileTestTable } from '../../support/decider.ts'
import { CLAIMS, NOW_S, STRANGER, createTokensGateway, type TokensGateway } from '../../support/tokens-gateway.ts'
import { ISSUER, SERVICE, TOKENS_CONFIG } from '../../support/tokens-config.ts'

let table: GatewayTable
let gateway: TokensGateway

beforeAll(async () => {
  table = await compileTestTable(TOKENS_CONFIG)
})

beforeEach(() => {
  gateway = createTokensGateway(table)
})

describe('opaque tokens', () => {
  const SAID = { active: true, sub: 'ann', aud: 'acme-api', org: 'globex', scope: 'read:things', exp: NOW_S + 300 }
  const TOKEN = 'opaque-0123456789'

  async function codeFor(said: object | null): Promise<string | null> {
    gateway.identity.tokens.set(TOKEN, said)
    return gateway.codeOf(TOKEN, { url: '/opaque' })
  }

  test('open what the service says of them', async () => {
    gateway.identity.tokens.set(TOKEN, SAID)
    const { refusal, caller } = await gateway.decide(TOKEN, { url: '/opaque' })
    expect(refusal).toBeNull()
    expect(caller).toMatchObject({ tenantName: 'globex', token: { issuer: SERVICE, subject: 'ann' }, claims: SAID })
  })

  test.each([
    [{ ...SAID, exp: undefined }, null],
    [{ ...SAID, iss: ISSUER }, null],
    [{ ...SAID, iss: 7 }, 'invalid-token'],
    [{ ...SAID, iss: null }, 'invalid-token'],
    [{ ...SAID, iss: '' }, 'invalid-token'],
    [{ ...SAID, iss: `${ISSUER}\0` }, 'invalid-token'],
    [{ ...SAID, iss: '\ud800' }, 'invalid-token'],
    [{ ...SAID, iss: 'x'.repeat(1025) }, 'invalid-token'],
    [{ ...SAID, scope: 'things:read' }, null],
    [{ ...SAID, scope: '' }, 'insufficient-scope'],
    [{ ...SAID, active: false }, 'invalid-token'],
    [{ ...SAID, active: 'true' }, 'invalid-token'],
    [{ ...SAID, aud: 'other-api' }, 'invalid-token'],
    [{ ...SAID, aud: undefined }, 'invalid-token'],
    [{ ...SAID, sub: undefined }, 'invalid-token'],
    [{ ...SAID, exp: NOW_S - 31 }, 'invalid-token'],
    [{ ...SAID, exp: 'soon' }, 'invalid-token'],
    [{ ...SAID, nbf: NOW_S + 31 }, 'invalid-token'],
    [{ ...SAID, org: 'hooli' }, 'invalid-token'],
    [{ ...SAID, cnf: { jkt: 'x' } }, 'invalid-token'],
    [{}, 'invalid-token'],
    [null, 'upstream-unavailable'],
  ])('of which it says %o', async (said, code) => expect(await codeFor(said)).toBe(code))

  test('are asked about once, until the answer is too old', async () => {
    expect(await codeFor(SAID)).toBeNull()
    expect(await codeFor({ ...SAID, active: false })).toBeNull()
    gateway.clock.nowMs = AT_MS + 30_000
    expect(await gateway.codeOf(TOKEN, { url: '/opaque' })).toBe('invalid-token')
    expect(gateway.identity.asked.filter((asked) => asked === TOKEN)).toHaveLength(2)
  })

  test('that do not hold are asked about again soon', async () => {
    expect(await codeFor({ active: false })).toBe('invalid-token')
    expect(await codeFor(SAID)).toBe('invalid-token')
    gateway.clock.nowMs = AT_MS + 5000
    expect(await gateway.codeOf(TOKEN, { url: '/opaque' })).toBeNull()
  })

  test('may be tokens of an issuer that nobody here verifies', async () => {
    const token = STRANGER.token({ ...CLAIMS, iss: 'https://somebody.example.com' })
    gateway.identity.tokens.set(token, SAID)
    expect(await gateway.codeOf(token, { url: '/opaque' })).toBeNull()
  })

  test('of an issuer that is verified here are never asked about', async () => {
    const token = STRANGER.token(CLAIMS)
    gateway.identity.tokens.set(token, SAID)
    expect(await gateway.codeOf(token, { url: '/any' })).toBe('invalid-token')
    expect(gateway.identity.asked).not.toContain(token)
  })
})
