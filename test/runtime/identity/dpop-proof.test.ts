import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readDpopProof, type ProofTarget } from '../../../runtime/identity/dpop-proof.ts'
import { readPublicJwk } from '../../../runtime/identity/public-jwk.ts'
import { AT_MS } from '../../support/decider.ts'
import { makeProof, publicJwkOf, thumbprintOf, type ProofParts } from '../../support/make-proof.ts'
import { createSigner, encode, hmacToken } from '../../support/signer.ts'

const TOKEN = 'a.token.of-somebody'
const URL_ASKED = 'https://api.example.com/orders/7'
const TARGET: ProofTarget = {
  method: 'POST',
  scheme: 'https',
  host: 'api.example.com',
  path: '/orders/7',
  token: TOKEN,
  wallMs: AT_MS,
}
const SECONDS = AT_MS / 1000

const EC = createSigner('ES256')
const OTHER = createSigner('ES256')
const WEAK = createSigner('RS256', 'weak', 1024)
const SHOWN = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const proof = (parts: ProofParts = {}, maker = EC): string =>
  makeProof(maker, { method: 'POST', url: URL_ASKED, token: TOKEN }, parts)

const claims = (changed: Readonly<Record<string, unknown>>): string => proof({ claims: changed })
const header = (changed: Readonly<Record<string, unknown>>): string => proof({ header: changed })

test.each(['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA'])(
  'a proof by %s holds, and names the key of its maker',
  (algorithm) => {
    const maker = createSigner(algorithm)
    const held = readDpopProof(proof({}, maker), TARGET)
    expect(held?.thumbprint).toBe(thumbprintOf(maker))
    expect(held?.untilMs).toBe(AT_MS + 60_000)
  },
)

test('the thumbprint is the published one', () => {
  // RFC 7638, section 3.1.
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
  const jwk = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' }
  expect(readPublicJwk(jwk)?.thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test.each([
  ['for the same target, written otherwise', claims({ htu: 'HTTPS://API.example.com:443/orders/%37' })],
  ['for the target with its query and fragment', claims({ htu: `${URL_ASKED}?a=1#b` })],
  ['made by a clock that is ahead', claims({ iat: SECONDS + 30 })],
  ['made a while ago', claims({ iat: SECONDS - 59 })],
  ['with more claims', claims({ nonce: 'any', exp: SECONDS + 5 })],
  ['with more about the key', header({ jwk: { ...publicJwkOf(EC), kid: 'mine', use: 'sig' } })],
])('a proof holds %s', (_, text) => {
  expect(readDpopProof(text, TARGET)?.thumbprint).toBe(thumbprintOf(EC))
})

/** RFC 9449, sections 4.3 and 11, one by one. */
test.each([
  ['nothing', ''],
  ['no JWT', 'abc'],
  ['two proofs in one field', `${proof()}, ${proof()}`],
  ['a JWT of five parts', `${proof()}.a.b`],
  ['a JWT of another kind', header({ typ: 'JWT' })],
  ['a JWT that does not say its kind', header({ typ: undefined })],
  ['no algorithm', header({ alg: 'none' })],
  ['no algorithm and no signature', unsignedProof()],
  ['a MAC', macProof()],
  ['another algorithm of the same key', header({ alg: 'ES384' })],
  ['an algorithm of another kind of key', header({ alg: 'RS256' })],
  ['an algorithm that is not for everybody', header({ alg: 'ES256K' })],
  ['a weak key', proof({}, WEAK)],
  ['no key', header({ jwk: undefined })],
  ['a key by reference', header({ jwk: undefined, jku: 'https://evil.example/keys' })],
  ['a key beside another', header({ x5c: ['AAAA'] })],
  ['what it takes for critical', header({ crit: ['exp'], exp: 1 })],
  ['a key that shows its private half', header({ jwk: SHOWN.export({ format: 'jwk' }) })],
  ['a secret for a key', header({ jwk: { kty: 'oct', k: 'AAAA' } })],
  ['a key that is not on its curve', header({ jwk: { ...publicJwkOf(EC), x: 'AAAA' } })],
  ['a key that is text', header({ jwk: 'AAAA' })],
  ['the key of somebody else', header({ jwk: publicJwkOf(OTHER) })],
  ['another method', claims({ htm: 'GET' })],
  ['the method in small letters', claims({ htm: 'post' })],
  ['no method', claims({ htm: undefined })],
  ['another path', claims({ htu: 'https://api.example.com/orders/8' })],
  ['a path below', claims({ htu: `${URL_ASKED}/` })],
  ['another host', claims({ htu: 'https://evil.example/orders/7' })],
  ['a host that begins alike', claims({ htu: 'https://api.example.com.evil.example/orders/7' })],
  ['a user that looks like the host', claims({ htu: 'https://api.example.com@evil.example/orders/7' })],
  ['a user at the host', claims({ htu: 'https://user@api.example.com/orders/7' })],
  ['another port', claims({ htu: 'https://api.example.com:8443/orders/7' })],
  ['another scheme', claims({ htu: 'http://api.example.com/orders/7' })],
  ['only a path', claims({ htu: '/orders/7' })],
  ['no target', claims({ htu: undefined })],
  ['a target that is a list', claims({ htu: [URL_ASKED] })],
  ['a time long ago', claims({ iat: SECONDS - 60 })],
  ['a time to come', claims({ iat: SECONDS + 31 })],
  ['no time', claims({ iat: undefined })],
  ['a time that is text', claims({ iat: String(SECONDS) })],
  ['no id', claims({ jti: undefined })],
  ['an empty id', claims({ jti: '' })],
  ['an id without an end', claims({ jti: 'j'.repeat(257) })],
  ['an id that is a number', claims({ jti: 7 })],
  ['no token', claims({ ath: undefined })],
  ['another token', claims({ ath: 'AAAA' })],
  ['the token itself', claims({ ath: TOKEN })],
  ['8 KB', claims({ padding: 'x'.repeat(8192) })],
])('a proof does not hold with %s', (_, text) => {
  expect(readDpopProof(text, TARGET)).toBeNull()
})

describe('of a proof that was changed', () => {
  test('each part counts', () => {
    const parts = proof().split('.')
    for (const at of [0, 1, 2]) {
      const changed = parts.map((part, i) => (i === at ? part.slice(0, -5) + 'AAAAA' : part)).join('.')
      expect(readDpopProof(changed, TARGET)).toBeNull()
    }
  })
})

test('what is remembered of a proof is its key and its id', () => {
  const first = readDpopProof(claims({ jti: 'one' }), TARGET)
  const again = readDpopProof(claims({ jti: 'one', iat: SECONDS - 5 }), TARGET)
  const others = [proof({ claims: { jti: 'one' } }, OTHER), claims({ jti: 'two' })]
  expect(again?.id).toBe(first?.id)
  for (const text of others) expect(readDpopProof(text, TARGET)?.id).not.toBe(first?.id)
})

function partsOf(text: string): { head: string; body: string } {
  const [head = '', body = ''] = text.split('.')
  return { head, body }
}

function unsignedProof(): string {
  const { head, body } = partsOf(header({ alg: 'none' }))
  return `${head}.${body}.${encode('')}`
}

/** Signed with the public key, which everybody knows. */
function macProof(): string {
  const [head, body] = header({ alg: 'HS256' })
    .split('.')
    .slice(0, 2)
    .map((part): object => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return hmacToken(String(EC.publicKey.export({ format: 'pem', type: 'spki' })), head ?? {}, body ?? {})
}
