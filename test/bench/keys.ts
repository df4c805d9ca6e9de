import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** A caller: its name, what it sends, and what a config may say of that. */
export interface BenchKey {
  readonly id: string
  readonly secret: string
  readonly digest: string
}

export const KEY_PREFIX = 'bench'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6

/** Always the same, so that runs compare; worth nothing, since anybody can make them. */
export function makeKeys(count: number): BenchKey[] {
  return Array.from({ length: count }, (_, i) => {
    const secret = makeSecret(`caller ${i}`)
    return { id: `caller-${i}`, secret, digest: `sha256:${createHash('sha256').update(secret).digest('hex')}` }
  })
}

/** In the form of a key: prefix, environment, 32 characters, and the CRC-32 of all before in base 62. */
function makeSecret(seed: string): string {
  const bytes = createHash('sha256').update(seed).digest().subarray(0, RANDOM_CHARACTERS)
  const body = `${KEY_PREFIX}_test_${Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('')}`
  return body + base62(crc32(body)).padStart(CHECKSUM_CHARACTERS, '0')
}

function base62(value: number): string {
  const digit = DIGITS[value % DIGITS.length] ?? ''
  return value < DIGITS.length ? digit : base62(Math.floor(value / DIGITS.length)) + digit
}
