import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** Somebody who signs tokens, as an issuer does. */
export interface Signer {
  readonly algorithm: string
  readonly keyId: string
  /** The public key, as an issuer shows it. */
  readonly jwk: Readonly<Record<string, unknown>>
  readonly publicKey: KeyObject
  /** @param header Members besides `alg` and `kid`, or in place of them; undefined leaves one out. */
  readonly token: (claims: object, header?: Readonly<Record<string, unknown>>) => string
  /** The signature alone, over any text. */
  readonly signature: (text: string) => string
}

const HASHES: Readonly<Record<string, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** @param rsaBits Fewer than an issuer should have, for tests of that. */
export function createSigner(algorithm: string, keyId = `key-${algorithm}`, rsaBits = 2048): Signer {
  const { privateKey, publicKey } = generate(algorithm, rsaBits)
  const signature = (text: string): string => signText(algorithm, privateKey, text).toString('base64url')
  return {
    algorithm,
    keyId,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: algorithm, use: 'sig' },
    publicKey,
    signature,
    token: (claims, header = {}) => {
      const text = unsigned({ alg: algorithm, kid: keyId, typ: 'JWT', ...header }, claims)
      return `${text}.${signature(text)}`
    },
  }
}

/** The first two parts of a token. */
export function unsigned(header: object, claims: object): string {
  return `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** What an attacker makes who takes an issuer's public key for a secret that both sides share. */
export function hmacToken(secret: string, header: object, claims: object): string {
  const text = unsigned(header, claims)
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

/** An issuer's keys as it publishes them. */
export function jwksOf(...signers: readonly Signer[]): string {
  return JSON.stringify({ keys: signers.map(({ jwk }) => jwk) })
}

function generate(algorithm: string, rsaBits: number): { privateKey: KeyObject; publicKey: KeyObject } {
  const namedCurve = CURVES[algorithm]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: rsaBits })
}

function signText(algorithm: string, key: KeyObject, text: string): Buffer {
  const data = Buffer.from(text)
  const hash = HASHES[algorithm.slice(2)] ?? null
  if (algorithm.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('PS')) {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
    return sign(hash, data, { key, padding, saltLength })
  }
  return sign(hash, data, key)
}
