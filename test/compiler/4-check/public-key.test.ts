import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { canAnybodySign } from '../../../compiler/4-check/public-key.ts'

const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')
/** The prime of the field, 2^255 - 19. */
const P = 2n ** 255n - 19n
const D = modulo(-121665n * power(121666n, P - 2n))
const SIGN = 2n ** 255n

/** The y of a point of order 8: doubled, its own y is 0, so that x^2 = -y^2, and d y^4 + 2 y^2 - 1 = 0. */
const Y_OF_EIGHT = [1n, -1n]
  .map((sign) => modulo((-1n + sign * squareRoot(modulo(1n + D))) * power(D, P - 2n)))
  .flatMap((square) => (power(square, (P - 1n) / 2n) === 1n ? [squareRoot(square)] : []))
  .flatMap((y) => [y, P - y])

/** Also those y that are written without being brought below the prime. */
const SMALL = [0n, 1n, P - 1n, P, P + 1n, ...Y_OF_EIGHT].flatMap((y) => [y, y + SIGN])

test('each point of small order is known, however it is written', () => {
  expect(Y_OF_EIGHT).toHaveLength(2)
  expect(SMALL.map(written).filter((bytes) => !canAnybodySign(bytes))).toEqual([])
})

test('for a point that is known so, one signature holds for many texts', () => {
  const canonical = [0n, 1n, P - 1n, ...Y_OF_EIGHT].map(written)
  expect(canonical.filter((bytes) => !isForged(bytes))).toEqual([])
})

test('a key that somebody made is none, and thousands are looked at in no time', () => {
  const bytes = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const startMs = performance.now()
  for (let i = 0; i < 5_000; i++) expect(canAnybodySign(bytes)).toBe(false)
  expect(performance.now() - startMs).toBeLessThan(5_000)
})

/** Little-endian. */
function written(y: bigint): Buffer {
  return Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse()
}

/** True when the point that changes nothing, and the number 0, pass for a signature of some text. */
function isForged(bytes: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_START, bytes]), format: 'der', type: 'spki' })
  const signature = Buffer.from([1, ...new Array<number>(63).fill(0)])
  return Array.from({ length: 256 }, (_, i) => Buffer.from([i])).some((text) => verify(null, text, key, signature))
}

function modulo(value: bigint): bigint {
  return ((value % P) + P) % P
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = modulo(base), left = exponent; left > 0n; left >>= 1n, square = (square * square) % P)
    if ((left & 1n) === 1n) result = (result * square) % P
  return result
}

/** Of what has one; the prime is 5 modulo 8. */
function squareRoot(value: bigint): bigint {
  const root = power(value, (P + 3n) / 8n)
  return (root * root) % P === modulo(value) ? root : (root * power(2n, (P - 1n) / 4n)) % P
}
