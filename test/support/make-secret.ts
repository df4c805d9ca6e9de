import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6

/** A secret of Keysmith's form whose random part is one letter again and again. */
export function makeSecret(prefix: string, environment: string, letter: string): string {
  return withChecksum(`${prefix}_${environment}_${letter.repeat(RANDOM_CHARACTERS)}`)
}

/** @see spec/cli.md: CRC-32 of all before it, in base 62. */
export function withChecksum(body: string): string {
  let checksum = ''
  for (let rest = crc32(body); rest > 0; rest = Math.floor(rest / DIGITS.length)) {
    checksum = (DIGITS[rest % DIGITS.length] ?? '') + checksum
  }
  return body + checksum.padStart(CHECKSUM_CHARACTERS, '0')
}

/** What a config holds of a secret. */
export function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`
}
