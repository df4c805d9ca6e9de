import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayTable } from '../../../schemas/table.ts'
import { compileTestTable } from '../../support/decider.ts'
import { createSigner, encode, hmacToken, jwksOf, unsigned, type Signer } from '../../support/signer.ts'
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

describe('attacks on a token are refused', () => {
  const attacks: readonly (readonly [what: string, token: () => string])[] = [
    ['no signature', () => `${unsigned({ alg: 'none' }, CLAIMS)}.`],
    ['an empty signature under a real algorithm', () => `${unsigned({ alg: 'ES256', kid: 'ec' }, CLAIMS)}.`],
    ['alg none with a signature', () => `${unsigned({ alg: 'none', kid: 'ec' }, CLAIMS)}.AAAA`],
    ['alg NoNe', () => `${unsigned({ alg: 'NoNe', kid: 'ec' }, CLAIMS)}.AAAA`],
    ['the public key, as PEM, taken for a secret', () => hmacToken(pem(RSA), { alg: 'HS256', kid: 'rsa' }, CLAIMS)],
    [
      'the public key, as JWK, taken for a secret',
      () => hmacToken(JSON.stringify(RSA.jwk), { alg: 'HS256', kid: 'rsa' }, CLAIMS),
    ],
    ['the modulus taken for a secret', () => hmacToken(String(RSA.jwk['n']), { alg: 'HS256', kid: 'rsa' }, CLAIMS)],
    ['an HMAC that says it is RS256', () => hmacToken(pem(RSA), { alg: 'RS256', kid: 'rsa' }, CLAIMS)],
    ['an algorithm that the issuer does not use', () => createSigner('PS256', 'rsa').token(CLAIMS)],
    ["the issuer's RSA key under another algorithm", () => RSA.token(CLAIMS, { alg: 'PS256' })],
    ['a key of another curve', () => createSigner('ES384', 'ec').token(CLAIMS, { alg: 'ES256' })],
    ['a key of another type', () => RSA.token(CLAIMS, { kid: 'ec' })],
    ['a key of its own in the header', () => STRANGER.token(CLAIMS, { jwk: STRANGER.jwk })],
    ['an address of keys in the header', () => STRANGER.token(CLAIMS, { jku: 'https://evil.example.com/jwks.json' })],
    ["the issuer's address of keys in the header", () => EC.token(CLAIMS, { jku: `${ISSUER}/jwks.json` })],
    ['an address of certificates in the header', () => STRANGER.token(CLAIMS, { x5u: 'https://evil.example.com/c' })],
    ['certificates in the header', () => STRANGER.token(CLAIMS, { x5c: ['MIIB'] })],
    ['a key id that is a path', () => STRANGER.token(CLAIMS, { kid: '../../../../dev/null' })],
    ['a key id that is SQL', () => STRANGER.token(CLAIMS, { kid: "ec' UNION SELECT 'x" })],
    ['a key id that is an address', () => STRANGER.token(CLAIMS, { kid: 'https://evil.example.com/k' })],
    ['a key id that is no text', () => EC.token(CLAIMS, { kid: ['ec'] })],
    ['a very long key id', () => EC.token(CLAIMS, { kid: 'k'.repeat(300) })],
    ['a stranger under the name of a key', () => STRANGER.token(CLAIMS)],
    ["another issuer's key", () => OTHER.token(CLAIMS)],
    ["another issuer's key under the name of this one's", () => OTHER.token(CLAIMS, { kid: 'ec' })],
    ['another type: a logout', () => EC.token(CLAIMS, { typ: 'logout+jwt' })],
    ['another type: a proof of possession', () => EC.token(CLAIMS, { typ: 'dpop+jwt' })],
    ['something critical that is not known', () => EC.token(CLAIMS, { crit: ['x'], x: 1 })],
    ['something critical that is known', () => EC.token(CLAIMS, { crit: ['exp'], exp: 1 })],
    ['a payload that is not encoded', () => EC.token(CLAIMS, { crit: ['b64'], b64: false })],
    ['an end that is past', () => EC.token({ ...CLAIMS, exp: NOW_S - 30 })],
    ['no end', () => EC.token({ ...CLAIMS, exp: undefined })],
    ['an end that is a text', () => EC.token({ ...CLAIMS, exp: String(NOW_S + 300) })],
    ['a beginning to come', () => EC.token({ ...CLAIMS, nbf: NOW_S + 31 })],
    ['a making to come', () => EC.token({ ...CLAIMS, iat: NOW_S + 31 })],
    ['no subject', () => EC.token({ ...CLAIMS, sub: undefined })],
    ['another audience', () => EC.token({ ...CLAIMS, aud: 'other-api' })],
    ['no audience', () => EC.token({ ...CLAIMS, aud: undefined })],
    ['another issuer', () => EC.token({ ...CLAIMS, iss: 'https://evil.example.com' })],
    ['the issuer with a slash behind it', () => EC.token({ ...CLAIMS, iss: `${ISSUER}/` })],
    ['no issuer', () => EC.token({ ...CLAIMS, iss: undefined })],
    ['an issuer that this route does not take', () => OTHER.token({ ...CLAIMS, iss: OTHER_ISSUER })],
    ['a binding that nobody proved', () => EC.token({ ...CLAIMS, cnf: { jkt: 'x' } })],
    ['a binding to a certificate that nobody showed', () => EC.token({ ...CLAIMS, cnf: { 'x5t#S256': 'x' } })],
    ['an empty binding', () => EC.token({ ...CLAIMS, cnf: null })],
    ['a payload that was changed', () => withPayload(EC.token(CLAIMS), { ...CLAIMS, groups: ['ops'] })],
    ['a header that was changed', () => withHeader(EC.token(CLAIMS), { alg: 'ES256', kid: 'ec' })],
    ['a signature that was cut', () => EC.token(CLAIMS).slice(0, -4)],
    [
      'a signature of zeros',
      () => `${unsigned({ alg: 'ES256', kid: 'ec' }, CLAIMS)}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    ['a fourth part', () => `${EC.token(CLAIMS)}.AAAA`],
    ['a member twice', () => signedText(EC, `{"alg":"ES256","kid":"ec","kid":"ec"}`, JSON.stringify(CLAIMS))],
    [
      'a claim twice',
      () => signedText(EC, '{"alg":"ES256","kid":"ec"}', JSON.stringify(CLAIMS).replace('{', '{"sub":"bob",')),
    ],
    ['claims that are a list', () => signedText(EC, '{"alg":"ES256","kid":"ec"}', '[]')],
  ]

  test.each(attacks)('%s', async (_, token) => {
    const exchange = await gateway.decide(token())
    expect(exchange.refusal).toMatchObject({
      code: 'invalid-token',
      status: 401,
      headers: 'www-authenticate: Bearer realm="acme", error="invalid_token"\r\n',
    })
    expect(exchange.caller).toBeNull()
  })

  test('a token that one bit was turned in, wherever, opens nothing', async () => {
    const token = EC.token({ ...CLAIMS, groups: undefined, scope: 'things:read' })
    expect(await gateway.codeOf(token)).toBeNull()
    for (let i = 0; i < token.length; i += 1) {
      const turned = token.slice(0, i) + String.fromCharCode(token.charCodeAt(i) ^ (1 << (i % 7))) + token.slice(i + 1)
      if (!/^[!-~]+$/.test(turned)) continue
      expect(['invalid-token', 'invalid-key']).toContain(await gateway.codeOf(turned))
    }
  })

  test('one that holds in all but an algorithm that its issuer does not use', async () => {
    const pss = createSigner('PS256', 'pss')
    gateway.identity.keySets.set(ISSUER, jwksOf(pss))
    expect(await gateway.codeOf(pss.token(CLAIMS))).toBe('invalid-token')
  })

  test('and count as guesses, where a config has lock-outs', async () => {
    const lockout = 'protect: { lockout: { failures: 3, window: 1m, ban: 10m } }'
    const guarded = await compileTestTable(TOKENS_CONFIG.replace('gateway:\n', `gateway:\n  ${lockout}\n`))
    gateway = createTokensGateway(guarded)
    for (let i = 0; i < 3; i++) expect(await gateway.codeOf(STRANGER.token(CLAIMS))).toBe('invalid-token')
    expect(await gateway.codeOf(EC.token(CLAIMS))).toBe('locked-out')
  })

  test('an early token is taken within the leeway, and a late one', async () => {
    expect(await gateway.codeOf(EC.token({ ...CLAIMS, nbf: NOW_S + 29, iat: NOW_S + 29 }))).toBeNull()
    expect(await gateway.codeOf(EC.token({ ...CLAIMS, exp: NOW_S - 29 }))).toBeNull()
  })
})

function pem({ publicKey }: Signer): string {
  return String(publicKey.export({ type: 'spki', format: 'pem' }))
}

function withPayload(token: string, claims: object): string {
  const [header, , signature] = token.split('.')
  return `${header}.${encode(JSON.stringify(claims))}.${signature}`
}

function withHeader(token: string, header: object): string {
  const [, payload, signature] = token.split('.')
  return `${encode(JSON.stringify(header))}.${payload}.${signature}`
}

function signedText(signer: Signer, header: string, claims: string): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${signer.signature(text)}`
}
