import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { recordSecret, RUN_VARIABLE } from './run-record.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHECKSUM_CHARACTERS = 6

/** A secret of Keysmith's form, another one for each letter. In each run of the tests they are new. */
export function makeSecret(prefix: string, environment: string, letter: string): string {
  return withChecksum(`${prefix}_${environment}_${randomPart(letter)}`)
}

/** The same in all processes of a run: the name of its folder is random. */
function randomPart(letter: string): string {
  const run = process.env[RUN_VARIABLE] ?? ''
  const bytes = createHash('sha256').update(`${run} ${letter}`).digest()
  return Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('')
}

/** @see spec/cli.md: CRC-32 of all before it, in base 62. */
export function withChecksum(body: string): string {
  let checksum = ''
  for (let rest = crc32(body); rest > 0; rest = Math.floor(rest / DIGITS.length)) {
    checksum = (DIGITS[rest % DIGITS.length] ?? '') + checksum
  }
  const secret = body + checksum.padStart(CHECKSUM_CHARACTERS, '0')
  recordSecret(secret)
  return secret
}

/** What a config holds of a secret. */
export function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`
}
