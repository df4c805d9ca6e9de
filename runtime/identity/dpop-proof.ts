import { hash } from 'node:crypto'
import { canonicalPath } from '../path.ts'
import { verifySignature } from './algorithms.ts'
import { splitJws } from './jws.ts'
import { readPublicJwk } from './public-jwk.ts'

/** What a proof must have been made for. */
export interface ProofTarget {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The host that was asked for, with its port. */
  readonly host: string
  /** In its one form. */
  readonly path: string
  /** The token that it comes with. */
  readonly token: string
  /** Milliseconds since 1970 UTC. */
  readonly wallMs: number
}

/** What a proof that holds proves, unless it was shown before. */
export interface DpopProof {
  /** Of the key that its maker holds, as tokens name it (`cnf.jkt`). */
  readonly thumbprint: string
  /** What is remembered of it, and until when. */
  readonly id: string
  readonly untilMs: number
}

/** How old a proof may be, and how far its maker's clock may be ahead. */
const AGE_MS = 60_000
const AHEAD_MS = 30_000
const PROOF_CHARACTERS_MAX = 8192
const ID_CHARACTERS_MAX = 256
/** They would change what is signed, or bring another key. */
const REFUSED_MEMBERS = ['crit', 'b64', 'zip', 'jku', 'x5u', 'x5c']
/** @see RFC 9449, section 5.1: what a challenge names. */
export const PROOF_ALGORITHMS = 'ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA'

/**
 * Looks at a proof that its maker holds a key, made for this request and this token.
 *
 * @param proof The value of the one DPoP header.
 * @returns Null when it is none, or for something else.
 * @see RFC 9449, section 4.3.
 */
export function readDpopProof(proof: string, target: ProofTarget): DpopProof | null {
  if (proof.length > PROOF_CHARACTERS_MAX) return null
  const jws = splitJws(proof)
  if (jws === null) return null
  const { header, claims, signed, signature } = jws
  const { typ, alg, jwk } = header
  if (typ !== 'dpop+jwt' || typeof alg !== 'string') return null
  if (REFUSED_MEMBERS.some((name) => Object.hasOwn(header, name))) return null
  const { jti, htm, htu, iat, ath } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > ID_CHARACTERS_MAX) return null
  if (htm !== target.method || !isSameTarget(htu, target)) return null
  if (typeof iat !== 'number' || !isTimely(iat * 1000, target.wallMs)) return null
  if (ath !== hash('sha256', target.token, 'base64url')) return null

  const known = readPublicJwk(jwk)
  if (known === null || !verifySignature(alg, known.key, signed, signature)) return null
  return { thumbprint: known.thumbprint, id: `dpop ${known.thumbprint} ${jti}`, untilMs: iat * 1000 + AGE_MS }
}

/** @see RFC 9449, section 4.3: without query and fragment, after both were brought into one form. */
function isSameTarget(htu: unknown, { scheme, host, path }: ProofTarget): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu) || !URL.canParse(`${scheme}://${host}`)) return false
  const named = new URL(htu)
  const asked = new URL(`${scheme}://${host}`)
  if (named.username !== '' || named.password !== '') return false
  return named.protocol === asked.protocol && named.host === asked.host && canonicalPath(named.pathname) === path
}

function isTimely(madeMs: number, wallMs: number): boolean {
  return madeMs - wallMs <= AHEAD_MS && wallMs < madeMs + AGE_MS
}
