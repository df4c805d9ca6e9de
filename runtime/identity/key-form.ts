const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = DIGITS.length
const UNDERSCORE = 0x5f
const ASCII_CODES = 128
const BYTE_BITS = 8
const BYTE_MASK = 0xff
/** Of CRC-32, its bits in reverse. */
const POLYNOMIAL = 0xedb88320
const SUMS = sumsOfBytes()
const DIGIT_VALUES = digitValues()
/** @see RFC 7519, section 3. */
const TOKEN_PARTS = 3

/** What a presented value is, before anything is looked up. */
export type CredentialForm = 'key' | 'token' | 'other'

export function formOf(credential: string, prefix: string): CredentialForm {
  if (prefix !== '' && credential.startsWith(prefix) && credential[prefix.length] === '_') return 'key'
  const parts = credential.split('.', TOKEN_PARTS + 1)
  return parts.length === TOKEN_PARTS && !parts.includes('') ? 'token' : 'other'
}

/**
 * True for `<prefix>_<environment>_`, 32 random characters and the CRC-32 of all before in base 62, six characters: a typo
 * is found without a look at the table. One pass over the text: the library's sum costs more than that for bytes of so few
 * characters.
 *
 * @param environments Those that the gateway opens to.
 */
export function isWellFormedKey(key: string, prefix: string, environments: readonly string[]): boolean {
  const start = prefix.length + 1
  const separator = separatorOf(key, start, environments)
  if (separator < 0 || key.length !== separator + 1 + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) return false
  const body = key.length - CHECKSUM_CHARACTERS
  let sum = -1
  for (let i = 0; i <= separator; i++) sum = addToSum(sum, key.charCodeAt(i))
  for (let i = separator + 1; i < body; i++) {
    const code = key.charCodeAt(i)
    if (digitOf(code) < 0) return false
    sum = addToSum(sum, code)
  }
  let checksum = 0
  for (let i = body; i < key.length; i++) {
    const digit = digitOf(key.charCodeAt(i))
    if (digit < 0) return false
    checksum = checksum * BASE + digit
  }
  return checksum === ~sum >>> 0
}

/** The place of the underscore behind an environment that is taken, or -1. */
function separatorOf(key: string, start: number, environments: readonly string[]): number {
  for (const environment of environments) {
    const end = start + environment.length
    if (key.charCodeAt(end) === UNDERSCORE && key.startsWith(environment, start)) return end
  }
  return -1
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
