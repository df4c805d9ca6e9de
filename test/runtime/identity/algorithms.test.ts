import { createPublicKey, createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { suits, verifySignature } from '../../../runtime/identity/algorithms.ts'
import { createSigner, type Signer } from '../../support/signer.ts'

const NAMES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const SIGNERS = NAMES.map((name) => createSigner(name))
const TEXT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ'

function signed({ signature }: Signer): Buffer {
  return Buffer.from(signature(TEXT), 'base64url')
}

test.each(SIGNERS)('a signature by $algorithm holds', (signer) => {
  expect(verifySignature(signer.algorithm, signer.publicKey, TEXT, signed(signer))).toBe(true)
})

test.each(SIGNERS)('a signature by $algorithm holds under no other algorithm', (signer) => {
  const holding = NAMES.filter((name) => verifySignature(name, signer.publicKey, TEXT, signed(signer)))
  expect(holding).toEqual([signer.algorithm])
})

test.each(SIGNERS)('a signature by $algorithm over another text does not hold', (signer) => {
  expect(verifySignature(signer.algorithm, signer.publicKey, TEXT + 'Q', signed(signer))).toBe(false)
})

test.each(SIGNERS)('a signature by $algorithm does not hold with any one bit turned', (signer) => {
  const signature = signed(signer)
  // Long ones take a bit of each byte: 256 bytes with all of theirs would take seconds.
  const step = signature.length > 100 ? 8 : 1
  for (let bit = 0; bit < signature.length * 8; bit += step) {
    const turned = Buffer.from(signature)
    const byte = bit >> 3
    turned[byte] = (turned[byte] ?? 0) ^ (1 << ((bit + byte) & 7))
    expect(verifySignature(signer.algorithm, signer.publicKey, TEXT, turned)).toBe(false)
  }
})

test.each(SIGNERS)('a signature by $algorithm does not hold when it is cut or longer', (signer) => {
  const signature = signed(signer)
  const others = [
    signature.subarray(0, -1),
    signature.subarray(1),
    Buffer.concat([signature, Buffer.of(0)]),
    Buffer.of(),
  ]
  for (const other of others) {
    expect(verifySignature(signer.algorithm, signer.publicKey, TEXT, other)).toBe(false)
  }
})

test('a signature of zeros does not hold, whatever the curve', () => {
  for (const { algorithm, publicKey } of SIGNERS) {
    for (const length of [64, 96, 132, 256])
      expect(verifySignature(algorithm, publicKey, TEXT, Buffer.alloc(length))).toBe(false)
  }
})

test.each([
  'none',
  'None',
  'NONE',
  '',
  'HS256',
  'HS384',
  'HS512',
  'RS1',
  'ES256K',
  'rs256',
  'EdDSA ',
  'toString',
  '__proto__',
])('nothing is verified by "%s"', (name) => {
  for (const signer of SIGNERS) {
    expect(suits(name, signer.publicKey)).toBe(false)
    expect(verifySignature(name, signer.publicKey, TEXT, signed(signer))).toBe(false)
    expect(verifySignature(name, signer.publicKey, TEXT, Buffer.of())).toBe(false)
  }
})

test('a secret suits no algorithm', () => {
  const secret = createSecretKey(Buffer.alloc(32, 7))
  expect(NAMES.filter((name) => suits(name, secret))).toEqual([])
})

test('a weak RSA key suits no algorithm', () => {
  const short = createSigner('RS256', 'short', 1024).publicKey
  const { n } = createSigner('RS256').jwk
  const identityExponent = createPublicKey({ key: { kty: 'RSA', n: String(n), e: 'AQ' }, format: 'jwk' })
  for (const key of [short, identityExponent]) expect(NAMES.filter((name) => suits(name, key))).toEqual([])
})
