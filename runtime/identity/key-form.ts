import { crc32 } from 'node:zlib'

const RANDOM_CHARACTERS = 32
const CHECKSUM_CHARACTERS = 6
const BASE = 62
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
 * is found without a look at the table.
 *
 * @param environments Those that the gateway opens to.
 */
export function isWellFormedKey(key: string, prefix: string, environments: readonly string[]): boolean {
  const start = prefix.length + 1
  const separator = key.indexOf('_', start)
  if (separator < 0 || key.length !== separator + 1 + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) return false
  if (!environments.includes(key.slice(start, separator))) return false
  const body = key.length - CHECKSUM_CHARACTERS
  for (let i = separator + 1; i < body; i++) {
    if (digitAt(key, i) < 0) return false
  }
  let checksum = 0
  for (let i = body; i < key.length; i++) {
    const digit = digitAt(key, i)
    if (digit < 0) return false
    checksum = checksum * BASE + digit
  }
  return checksum === crc32(key.slice(0, body))
}

/** The value of a base 62 digit (0-9, A-Z, a-z), or -1. */
function digitAt(text: string, i: number): number {
  const code = text.charCodeAt(i)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x41 && code <= 0x5a) return code - 0x41 + 10
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 36
  return -1
}
