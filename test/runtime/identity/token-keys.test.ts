import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayTable } from '../../../schemas/table.ts'
import { AT_MS, compileTestTable } from '../../support/decider.ts'
import { createSigner, jwksOf } from '../../support/signer.ts'
import {
  CLAIMS,
  EC,
  NOW_S,
  OTHER,
  RSA,
  STRANGER,
  createTokensGateway,
  type TokensGateway,
} from '../../support/tokens-gateway.ts'
import { ISSUER, OTHER_ISSUER, TOKENS_CONFIG } from '../../support/tokens-config.ts'

let table: GatewayTable
let gateway: TokensGateway

beforeAll(async () => {
  table = await compileTestTable(TOKENS_CONFIG)
})

beforeEach(() => {
  gateway = createTokensGateway(table)
})

describe('keys of an issuer', () => {
  test('that was never reached leave nobody to say whether a token holds', async () => {
    gateway.identity.keySets.clear()
    const { refusal } = await gateway.decide(EC.token(CLAIMS))
    expect(refusal).toMatchObject({ code: 'upstream-unavailable', status: 503, headers: 'retry-after: 1\r\n' })
  })

  test('serve while it is out of reach, an hour at most', async () => {
    expect(await gateway.codeOf(EC.token(CLAIMS))).toBeNull()
    gateway.identity.keySets.clear()
    const late = { ...CLAIMS, exp: NOW_S + 9000 }
    gateway.clock.nowMs = AT_MS + 3_599_000
    expect(await gateway.codeOf(EC.token(late))).toBeNull()
    gateway.clock.nowMs = AT_MS + 3_601_000
    expect(await gateway.codeOf(EC.token(late))).toBe('upstream-unavailable')
  })

  test('that are new are fetched when a token names one', async () => {
    await gateway.codeOf(EC.token(CLAIMS))
    const fresh = createSigner('ES256', 'fresh')
    expect(await gateway.codeOf(fresh.token(CLAIMS))).toBe('invalid-token')
    gateway.identity.keySets.set(ISSUER, jwksOf(EC, fresh))
    gateway.clock.nowMs += 2000
    expect(await gateway.codeOf(fresh.token(CLAIMS))).toBeNull()
  })

  test('that were taken back open nothing from then on, remembered or not', async () => {
    const token = EC.token(CLAIMS)
    expect(await gateway.codeOf(token)).toBeNull()
    gateway.identity.keySets.set(ISSUER, jwksOf(RSA))
    gateway.clock.nowMs += 2000
    // A key id that nobody knows has the keys fetched anew.
    expect(await gateway.codeOf(createSigner('ES256', 'unknown').token(CLAIMS))).toBe('invalid-token')
    expect(await gateway.codeOf(token)).toBe('invalid-token')
  })

  test('are not asked for again and again for key ids that are made up', async () => {
    await gateway.codeOf(EC.token(CLAIMS))
    const before = gateway.identity.asked.length
    for (let i = 0; i < 50; i++)
      expect(await gateway.codeOf(STRANGER.token(CLAIMS, { kid: `made-up-${i}` }))).toBe('invalid-token')
    expect(gateway.identity.asked.length - before).toBe(0)
  })

  test('with one name are all tried', async () => {
    gateway.identity.keySets.set(ISSUER, jwksOf(STRANGER, EC))
    expect(await gateway.codeOf(EC.token(CLAIMS))).toBeNull()
    expect(await gateway.codeOf(STRANGER.token(CLAIMS))).toBeNull()
  })
})

describe('a token that was verified', () => {
  test('is known again, until its end', async () => {
    const token = EC.token({ ...CLAIMS, exp: NOW_S + 10 })
    const first = await gateway.decide(token)
    expect((await gateway.decide(token)).caller).toBe(first.caller)
    gateway.clock.nowMs = AT_MS + 39_000
    expect((await gateway.decide(token)).caller).toBe(first.caller)
    gateway.clock.nowMs = AT_MS + 40_000
    expect(await gateway.codeOf(token)).toBe('invalid-token')
  })

  test('is verified anew after a minute', async () => {
    const token = EC.token(CLAIMS)
    const first = await gateway.decide(token)
    gateway.clock.nowMs = AT_MS + 60_000
    const second = await gateway.decide(token)
    expect(second.refusal).toBeNull()
    expect(second.caller).not.toBe(first.caller)
    expect(second.caller).toEqual(first.caller)
  })

  test('is known only where its issuer is taken', async () => {
    const token = OTHER.token({ ...CLAIMS, iss: OTHER_ISSUER })
    expect(await gateway.codeOf(token, { url: '/any' })).toBeNull()
    expect(await gateway.codeOf(token)).toBe('invalid-token')
  })

  test('and one that does not hold are not taken for each other', async () => {
    const good = EC.token(CLAIMS)
    const bad = STRANGER.token(CLAIMS)
    for (let i = 0; i < 3; i++) {
      expect(await gateway.codeOf(good)).toBeNull()
      expect(await gateway.codeOf(bad)).toBe('invalid-token')
    }
  })
})
