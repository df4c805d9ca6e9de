import { constants, verify, type KeyObject } from 'node:crypto'

/** What a signature algorithm needs to be verified. */
interface Algorithm {
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  readonly hash: string | null
  /** ECDSA only: the curve as OpenSSL names it. */
  readonly curve: string | null
  /** ECDSA and EdDSA: signatures have just so many bytes. */
  readonly bytes: number
  readonly isPss: boolean
}

/** All asymmetric: with a secret that both sides hold, who can verify can also sign. @see RFC 7518, section 3.1; RFC 8037. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', pss('sha256')],
  ['PS384', pss('sha384')],
  ['PS512', pss('sha512')],
  ['ES256', ecdsa('sha256', 'prime256v1', 64)],
  ['ES384', ecdsa('sha384', 'secp384r1', 96)],
  ['ES512', ecdsa('sha512', 'secp521r1', 132)],
  ['EdDSA', { keyType: 'ed25519', hash: null, curve: null, bytes: 64, isPss: false }],
])

/** Shorter ones can be broken; longer ones take long to verify. @see RFC 7518, section 3.3. */
const RSA_BITS_MIN = 2048
const RSA_BITS_MAX = 8192
const RSA_EXPONENT_MIN = 3n

/**
 * True when the algorithm is one of ours and goes with a key of this type and curve: otherwise a public key could be taken
 * for something else. @see RFC 8725, section 3.1.
 */
export function suits(name: string, key: KeyObject): boolean {
  const algorithm = ALGORITHMS.get(name)
  if (algorithm === undefined || key.type !== 'public' || key.asymmetricKeyType !== algorithm.keyType) return false
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (algorithm.keyType === 'ec') return namedCurve === algorithm.curve
  if (algorithm.keyType !== 'rsa') return true
  return modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX && publicExponent >= RSA_EXPONENT_MIN
}

/** Verifies a signature with a key that suits its algorithm. */
export function verifySignature(name: string, key: KeyObject, signed: string, signature: Uint8Array): boolean {
  const algorithm = ALGORITHMS.get(name)
  if (algorithm === undefined || !suits(name, key)) return false
  if (algorithm.bytes > 0 && signature.length !== algorithm.bytes) return false
  return verify(algorithm.hash, Buffer.from(signed, 'latin1'), optionsOf(algorithm, key), signature)
}

function optionsOf({ keyType, isPss }: Algorithm, key: KeyObject): Parameters<typeof verify>[2] {
  if (keyType === 'ec') return { key, dsaEncoding: 'ieee-p1363' }
  if (!isPss) return key
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function rsa(hash: string): Algorithm {
  return { keyType: 'rsa', hash, curve: null, bytes: 0, isPss: false }
}

function pss(hash: string): Algorithm {
  return { ...rsa(hash), isPss: true }
}

function ecdsa(hash: string, curve: string, bytes: number): Algorithm {
  return { keyType: 'ec', hash, curve, bytes, isPss: false }
}
