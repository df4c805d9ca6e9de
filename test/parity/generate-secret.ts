import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Random } from './random.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6

/** A secret of our format (spec/cli.md), or with `brokenBy` one whose checksum is off by so much. */
export function generateSecret(random: Random, prefix: string, environment: string, brokenBy = 0): string {
  const body = `${prefix}_${environment}_${characters(random, RANDOM_CHARACTERS)}`
  return body + base62(crc32(body) + brokenBy).padStart(CHECKSUM_CHARACTERS, '0')
}

export function characters(random: Random, count: number): string {
  return Array.from({ length: count }, () => DIGITS[random.below(DIGITS.length)]).join('')
}

export function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`
}

function base62(value: number): string {
  const rest = value < DIGITS.length ? '' : base62(Math.floor(value / DIGITS.length))
  return rest + (DIGITS[value % DIGITS.length] ?? '')
}
