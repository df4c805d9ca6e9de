import { expect, test } from 'vitest'
import { keysFor, keysIn, readKeySet } from '../../../runtime/identity/key-set.ts'
import { createSigner, jwksOf } from '../../support/signer.ts'

const RSA = createSigner('RS256', 'rsa')
const EC = createSigner('ES256', 'ec')
const ED = createSigner('EdDSA', 'ed')

function setOf(...keys: readonly unknown[]): ReturnType<typeof readKeySet> {
  return readKeySet(JSON.stringify({ keys }))
}

test('the keys of a set are read, each with its name and algorithm', async () => {
  const set = await readKeySet(jwksOf(RSA, EC, ED))
  expect(set.map(({ id, algorithm }) => [id, algorithm])).toEqual([
    ['rsa', 'RS256'],
    ['ec', 'ES256'],
    ['ed', 'EdDSA'],
  ])
})

test.each([
  ['for encryption', { ...RSA.jwk, use: 'enc' }],
  ['for signing and nothing else', { ...RSA.jwk, key_ops: ['sign'] }],
  ['whose operations are no list', { ...RSA.jwk, key_ops: 'verify' }],
  ['of an algorithm that does not go with it', { ...RSA.jwk, alg: 'ES256' }],
  ['of a symmetric algorithm', { ...RSA.jwk, alg: 'HS256' }],
  ['of an algorithm that is no text', { ...RSA.jwk, alg: 256 }],
  ['whose name is no text', { ...RSA.jwk, kid: 7 }],
  ['that is symmetric', { kty: 'oct', k: 'c2VjcmV0', kid: 'rsa', alg: 'HS256' }],
  ['on a curve of another use', { kty: 'OKP', crv: 'X25519', x: ED.jwk['x'], kid: 'x' }],
  ['on a curve that is not known', { ...EC.jwk, crv: 'secp256k1' }],
  ['whose point is not on its curve', { ...EC.jwk, x: EC.jwk['y'] }],
  ['that lacks a part', { ...RSA.jwk, n: undefined }],
  ['of a kind that is not known', { ...RSA.jwk, kty: 'toString' }],
  ['that is too short', createSigner('RS256', 'short', 1024).jwk],
  ['that is null', null],
  ['that is a text', 'rsa'],
])('a key %s is left out', async (_, key) => {
  const set = await setOf(key, EC.jwk)
  expect(set.map(({ id }) => id)).toEqual(['ec'])
})

test('of a key that shows its private part by mistake only the public part is taken', async () => {
  const [key] = await setOf({ ...EC.jwk, d: 'AAAA' })
  expect(key?.key.type).toBe('public')
})

test.each(['', '[]', 'null', '{}', '{"keys":{}}', '{"keys":[', '<html>', `{"keys":[${Array(101).fill('{}').join()}]}`])(
  'what is no set of keys is none: %#',
  async (text) => {
    expect(keysIn(text)).toBeNull()
    expect(await readKeySet(text)).toEqual([])
  },
)

test('a token is verified with the keys of its name and algorithm', async () => {
  const twin = createSigner('RS256', 'rsa')
  const set = await setOf(RSA.jwk, twin.jwk, EC.jwk, { ...ED.jwk, alg: undefined, kid: undefined })
  expect(keysFor(set, 'rsa', 'RS256')).toHaveLength(2)
  expect(keysFor(set, 'rsa', 'PS256')).toHaveLength(0)
  expect(keysFor(set, 'rsa', 'ES256')).toHaveLength(0)
  expect(keysFor(set, 'ec', 'ES256')).toHaveLength(1)
  expect(keysFor(set, 'ed', 'EdDSA')).toHaveLength(0)
  expect(keysFor(set, null, 'EdDSA')).toHaveLength(1)
})

test('a key that names no algorithm is for all that go with it', async () => {
  const set = await setOf({ ...RSA.jwk, alg: undefined })
  expect(keysFor(set, 'rsa', 'PS512')).toHaveLength(1)
  expect(keysFor(set, 'rsa', 'HS256')).toHaveLength(0)
})

test.each(['../../dev/null', "' OR 1=1 --", 'rsa\0', '/etc/passwd', '__proto__', 'constructor', '$(id)', ''])(
  'a key id is a name and nothing else: %s',
  async (keyId) => expect(keysFor(await readKeySet(jwksOf(RSA, EC)), keyId, 'RS256')).toEqual([]),
)
