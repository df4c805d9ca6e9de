import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6

/**
 * Makes the secret of a new key: `<prefix>_<environment>_`, 32 random characters, and six more that are the CRC-32 of all
 * before them in base 62, so that a typo is found without looking anything up.
 *
 * @param pick A random whole number from 0 to below its argument, each as likely: `randomInt` of node:crypto.
 */
export function makeSecret(prefix: string, environment: string, pick: (below: number) => number): string {
  const random = Array.from({ length: RANDOM_CHARACTERS }, () => ALPHABET.charAt(pick(ALPHABET.length))).join('')
  const body = `${prefix}_${environment}_${random}`
  return body + checksumOf(body)
}

/** True when the last six characters are the checksum of all before: nothing was lost or exchanged in typing. */
export function hasChecksum(secret: string): boolean {
  return secret.slice(-CHECKSUM_CHARACTERS) === checksumOf(secret.slice(0, -CHECKSUM_CHARACTERS))
}

/** What a config keeps of a secret. */
export function digestOf(secret: string): string {
  return 'sha256:' + createHash('sha256').update(secret).digest('hex')
}

function checksumOf(body: string): string {
  return base62(crc32(body)).padStart(CHECKSUM_CHARACTERS, ALPHABET.charAt(0))
}

function base62(value: number): string {
  const rest = Math.floor(value / ALPHABET.length)
  return (rest === 0 ? '' : base62(rest)) + ALPHABET.charAt(value % ALPHABET.length)
}
