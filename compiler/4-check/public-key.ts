import { createPublicKey, verify } from 'node:crypto'

/** What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32
/** Of keys with which anybody can sign, every eighth text at least passes for signed. */
const FORGERIES = 256
/** The point that changes nothing, and the number 0. */
const FORGED_SIGNATURE = Buffer.from([1, ...new Array<number>(63).fill(0)])

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
  const key = createPublicKey({ key: Buffer.concat([SPKI_START, bytes]), format: 'der', type: 'spki' })
  return Array.from({ length: FORGERIES }, (_, i) => Buffer.from([i])).some((text) =>
    verify(null, text, key, FORGED_SIGNATURE),
  )
}
