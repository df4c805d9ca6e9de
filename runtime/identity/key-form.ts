const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = DIGITS.length
const DIGIT_BITS = 6
const UNDERSCORE = 0x5f
const ASCII_CODES = 128
const BYTE_BITS = 8
const BYTE_MASK = 0xff
/** Of CRC-32, its bits in reverse. */
const POLYNOMIAL = 0xedb88320
const SUMS = sumsOfBytes()
const DIGIT_VALUES = digitValues()
const SUMS_BY_PLACE = sumsByPlace()
/** @see RFC 7519, section 3. */
const TOKEN_PARTS = 3

/** What a presented value is, before anything is looked up. */
export type CredentialForm = 'key' | 'token' | 'other'

export function formOf(credential: string, prefix: string): CredentialForm {
  if (prefix !== '' && startsWith(credential, prefix) && credential.charCodeAt(prefix.length) === UNDERSCORE)
    return 'key'
  const parts = credential.split('.', TOKEN_PARTS + 1)
  return parts.length === TOKEN_PARTS && !parts.includes('') ? 'token' : 'other'
}

/** What keys of one environment begin with, made ready. */
export interface KeyHead {
  readonly text: string
  /** The CRC-32 of it and of 32 zeros behind it, not yet turned over. */
  readonly sum: number
}

/** `<prefix>_<environment>_` of each environment that a gateway opens to. */
export function keyHeads(prefix: string, environments: readonly string[]): readonly KeyHead[] {
  return environments.map((environment) => {
    const text = `${prefix}_${environment}_`
    let sum = -1
    for (let i = 0; i < text.length; i++) sum = addToSum(sum, text.charCodeAt(i))
    for (let i = 0; i < RANDOM_CHARACTERS; i++) sum = addToSum(sum, 0)
    return { text, sum }
  })
}

/**
 * True for `<prefix>_<environment>_`, 32 random characters and the CRC-32 of all before in base 62, six characters: a typo
 * is found without a look at the table. A CRC is linear: what a character adds to it depends on the character and its place
 * alone. So no step waits for the one before, which takes half the time of a sum byte by byte.
 */
export function isWellFormedKey(key: string, heads: readonly KeyHead[]): boolean {
  for (let i = 0; i < heads.length; i++) {
    const head = heads[i]
    if (head !== undefined && startsWith(key, head.text) && isSummed(key, head.text.length, head.sum)) return true
  }
  return false
}

function isSummed(key: string, start: number, headSum: number): boolean {
  const body = start + RANDOM_CHARACTERS
  if (key.length !== body + CHECKSUM_CHARACTERS) return false
  let sum = headSum
  for (let place = 0; place < RANDOM_CHARACTERS; place++) {
    const digit = digitOf(key.charCodeAt(start + place))
    if (digit < 0) return false
    sum ^= SUMS_BY_PLACE[(place << DIGIT_BITS) | digit] ?? 0
  }
  let checksum = 0
  for (let i = body; i < key.length; i++) {
    const digit = digitOf(key.charCodeAt(i))
    if (digit < 0) return false
    checksum = checksum * BASE + digit
  }
  return checksum === ~sum >>> 0
}

/** True when there is a text before more. For few characters it takes half of what the method of that name does. */
function startsWith(all: string, text: string): boolean {
  if (all.length <= text.length) return false
  for (let i = 0; i < text.length; i++) if (all.charCodeAt(i) !== text.charCodeAt(i)) return false
  return true
}

function addToSum(sum: number, code: number): number {
  return (SUMS[(sum ^ code) & BYTE_MASK] ?? 0) ^ (sum >>> BYTE_BITS)
}

/** The value of a base 62 digit (0-9, A-Z, a-z), or -1. */
function digitOf(code: number): number {
  return DIGIT_VALUES[code] ?? -1
}

function digitValues(): Int8Array {
  const values = new Int8Array(ASCII_CODES).fill(-1)
  for (let i = 0; i < DIGITS.length; i++) values[DIGITS.charCodeAt(i)] = i
  return values
}

/** CRC-32 of single bytes, least significant bit first, as zlib has it. */
function sumsOfBytes(): Int32Array {
  return Int32Array.from({ length: BYTE_MASK + 1 }, (_, byte) => {
    let sum = byte
    for (let bit = 0; bit < BYTE_BITS; bit++) sum = (sum & 1) === 1 ? POLYNOMIAL ^ (sum >>> 1) : sum >>> 1
    return sum
  })
}

/** What each digit adds to a CRC-32 at each place of the random part, as many bytes as there are before its end. */
function sumsByPlace(): Int32Array {
  const sums = new Int32Array(RANDOM_CHARACTERS << DIGIT_BITS)
  for (let digit = 0; digit < BASE; digit++) {
    let sum = addToSum(0, DIGITS.charCodeAt(digit))
    for (let place = RANDOM_CHARACTERS - 1; place >= 0; place--) {
      sums[(place << DIGIT_BITS) | digit] = sum
      sum = addToSum(sum, 0)
    }
  }
  return sums
}
