import { hasDigests, readContentDigest, type BodyDigest } from '../content-digest.ts'
import type { Exchange } from '../exchange.ts'
import { originOf } from '../request-origin.ts'
import type { ReplayMemory } from './replay-memory.ts'
import { signatureBase } from './signature-base.ts'
import { readSignatures, type MessageSignature } from './signature-fields.ts'
import { claimsOf, type SignatureClaims } from './signature-profile.ts'
import type { Signer, Signers } from './signers.ts'

/** What signatures are verified with. */
export interface SignatureCheck {
  readonly signers: Signers
  readonly replays: ReplayMemory
}

/** What came with a request that says that it is signed. */
export interface ReceivedSignature {
  /** Signature-Input and Signature, several lines joined by ", ". */
  inputs: string
  values: string
  /** The path as it was sent. */
  path: string
  readonly headers: Map<string, string>
  /** What the body must come to, once the signature holds; null when it covers none. */
  bodyDigests: readonly BodyDigest[] | null
}

/** In place of a key's position: nobody's signature holds; it holds, but nobody can say whether it was shown before. */
export const NOT_SIGNED = -1
export const CANNOT_REMEMBER = -2

/** How far a caller's clock may be ahead. */
const AHEAD_MS = 30_000
const NO_BODY = new Uint8Array(0)

/**
 * Finds out which key signed a request. What its body must come to is put beside the signature. Without a look at the key, all
 * is checked that can be; then the signature, with a key of nobody's where there is none: what is told, and when, says
 * nothing of the keys that there are.
 *
 * @returns The key's position in the table, `NOT_SIGNED` or `CANNOT_REMEMBER`.
 * @see RFC 9421, section 3.2.
 */
export function signerOf(exchange: Exchange, received: ReceivedSignature, check: SignatureCheck): number {
  const found = readSignatures(received.inputs, received.values)
  const signature = found === null ? null : chosenOf(found, check.signers)
  if (signature === null) return NOT_SIGNED
  const hasBody = exchange.contentLength > 0 || exchange.chunked
  const claims = claimsOf(signature, { hasBody })
  if (claims === null || !readDigests(received, signature, hasBody)) return NOT_SIGNED
  const base = signatureBase(signature, messageOf(exchange, received))
  const signer = check.signers.byKey.get(claims.keyId)
  if (base === null || !check.signers.holds(signer, base, signature.bytes)) return NOT_SIGNED
  if (signer === undefined || !isTimely(claims, signer, exchange.wallMs)) return NOT_SIGNED
  return rememberedAs(claims, signer, exchange.wallMs, check.replays)
}

/** One of our keys has signed, once; whatever others have signed is for others. */
function chosenOf(found: readonly MessageSignature[], { byKey }: Signers): MessageSignature | null {
  const ours = found.filter(({ parameters }) => byKey.has(String(parameters.get('keyid'))))
  const candidates = ours.length === 0 ? found.slice(0, 1) : ours
  const [first = null] = candidates
  return candidates.length === 1 ? first : null
}

/** A digest that is covered must hold; that of a body is compared when that was read. */
function readDigests(received: ReceivedSignature, { components }: MessageSignature, hasBody: boolean): boolean {
  if (!components.some(({ name }) => name === 'content-digest')) return true
  const digests = readContentDigest(received.headers.get('content-digest') ?? '')
  if (digests === null) return false
  if (!hasBody) return hasDigests(NO_BODY, digests)
  received.bodyDigests = digests
  return true
}

function messageOf(exchange: Exchange, { path, headers }: ReceivedSignature) {
  const { method, query, hasQuery } = exchange
  return { method, ...originOf(exchange), path, query: hasQuery ? query : null, headers }
}

function isTimely(claims: SignatureClaims, { row }: Signer, wallMs: number): boolean {
  const { createdMs, expiresMs, algorithm } = claims
  if (algorithm !== null && algorithm !== row.algorithm) return false
  if (createdMs - wallMs > Math.min(AHEAD_MS, row.windowMs)) return false
  return wallMs < createdMs + row.windowMs && wallMs < expiresMs
}

/** The nonce is covered by the signature: the same signature again is the same nonce again. */
function rememberedAs(
  { keyId, nonce, createdMs }: SignatureClaims,
  { row }: Signer,
  wallMs: number,
  replays: ReplayMemory,
): number {
  const told = replays.remember(`signature ${keyId} ${nonce}`, createdMs + row.windowMs, wallMs)
  if (told === 'full') return CANNOT_REMEMBER
  return told === 'new' ? row.key : NOT_SIGNED
}
