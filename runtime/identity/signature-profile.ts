import type { MessageSignature } from './signature-fields.ts'

/** What a signature says of itself, as far as this gateway asks. */
export interface SignatureClaims {
  readonly keyId: string
  readonly nonce: string
  readonly createdMs: number
  /** Infinity when it has no end of its own. */
  readonly expiresMs: number
  /** Null when the key alone says it. */
  readonly algorithm: string | null
}

const NONCE_CHARACTERS_MAX = 256
/** These are covered, or one that holds them. */
const REQUIRED = ['@method', '@authority', '@path', '@query'] as const
const IN_TARGET_URI: ReadonlySet<string> = new Set(['@authority', '@path', '@query'])
const DIGEST_FIELD = 'content-digest'

/**
 * Holds a signature against what this gateway asks of every one: what makes a request the one that it is, is covered; it
 * says when and by whom it was made, and has a nonce.
 *
 * @returns Null when something is missing.
 */
export function claimsOf(
  { components, parameters }: MessageSignature,
  { hasBody }: { readonly hasBody: boolean },
): SignatureClaims | null {
  const covered = new Set(components.map(({ name }) => name))
  const coversTarget = covered.has('@target-uri')
  if (!REQUIRED.every((name) => covered.has(name) || (coversTarget && IN_TARGET_URI.has(name)))) return null
  if (hasBody && !covered.has(DIGEST_FIELD)) return null

  const keyId = parameters.get('keyid')
  const nonce = parameters.get('nonce')
  const created = parameters.get('created')
  const expires = parameters.get('expires')
  const algorithm = parameters.get('alg') ?? null
  if (typeof keyId !== 'string' || typeof nonce !== 'string' || !isSeconds(created)) return null
  if (nonce === '' || nonce.length > NONCE_CHARACTERS_MAX) return null
  if (expires !== undefined && !isSeconds(expires)) return null
  if (algorithm !== null && typeof algorithm !== 'string') return null
  return {
    keyId,
    nonce,
    createdMs: created * 1000,
    expiresMs: expires === undefined ? Infinity : expires * 1000,
    algorithm,
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
