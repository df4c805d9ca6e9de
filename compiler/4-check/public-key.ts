/** What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32
/**
 * Every way to write the eight points whose multiples repeat at once, in hex, without the sign of x: 0, 1 and p - 1 as y, the
 * two y of the points of order 8, and 0 and 1 written as p and p + 1.
 *
 * @see RFC 8032, section 5.1.3, for the form; libsodium's ge25519_has_small_order, for the list.
 */
const SMALL_ORDER = new Set([
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'ec' + 'ff'.repeat(30) + '7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
])
const SIGN_BIT = 0x80

/** @returns The 32 bytes of an Ed25519 public key that is written in base64, plain or as SubjectPublicKeyInfo; else null. */
export function publicKeyBytes(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64')
  // Buffer reads over what is no base64.
  if (bytes.toString('base64') !== text) return null
  if (bytes.length === KEY_BYTES) return bytes
  const isSpki =
    bytes.length === SPKI_START.length + KEY_BYTES && bytes.subarray(0, SPKI_START.length).equals(SPKI_START)
  return isSpki ? bytes.subarray(SPKI_START.length) : null
}

/**
 * True for a point of small order, such as 32 zeros: one signature that needs no private key holds for many texts.
 *
 * @see RFC 8032, section 5.1.7: a signature is compared without the cofactor.
 */
export function canAnybodySign(bytes: Uint8Array): boolean {
  const y = Buffer.from(bytes)
  y[KEY_BYTES - 1] = (y[KEY_BYTES - 1] ?? 0) & ~SIGN_BIT
  return SMALL_ORDER.has(y.toString('hex'))
}
