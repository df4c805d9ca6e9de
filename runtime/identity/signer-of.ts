import { hasDigests, readContentDigest, type BodyDigest } from '../content-digest.ts'
import type { Exchange } from '../exchange.ts'
import { originOf } from '../request-origin.ts'
import type { ReplayMemory } from './replay-memory.ts'
import { signatureBase, type SignedMessage } from './signature-base.ts'
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
const NOTHING: LookedAt = { signer: undefined, claims: null, bodyDigests: null }

/** One of a request's signatures, looked at as if its key were known. */
interface LookedAt {
  /** Whose it says that it is; undefined where none of our keys has that id. */
  readonly signer: Signer | undefined
  /** Null where it does not hold, or is not what this gateway asks for. */
  readonly claims: SignatureClaims | null
  /** What it covers of the body; null when nothing. */
  readonly bodyDigests: readonly BodyDigest[] | null
}

/**
 * Finds out which key signed a request. What its body must come to is put beside the signature. Every signature is verified
 * that could be good, with a key of nobody's where there is none: what is told, and when, says nothing of the keys that
 * there are.
 *
 * @returns The key's position in the table, `NOT_SIGNED` or `CANNOT_REMEMBER`.
 * @see RFC 9421, section 3.2.
 */
export function signerOf(
  exchange: Exchange,
  received: ReceivedSignature,
  { signers, replays }: SignatureCheck,
): number {
  const message = messageOf(exchange, received)
  const hasBody = exchange.contentLength > 0 || exchange.chunked
  const found = readSignatures(received.inputs, received.values) ?? []
  // One of our keys has signed, once; whatever others have signed is for others.
  const ours = found
    .map((signature) => lookAt(signature, message, signers, { hasBody }))
    .filter(({ signer }) => signer !== undefined)
  const [{ signer, claims, bodyDigests } = NOTHING] = ours
  if (ours.length > 1 || signer === undefined || claims === null) return NOT_SIGNED
  if (!isTimely(claims, signer, exchange.wallMs)) return NOT_SIGNED
  received.bodyDigests = bodyDigests
  return rememberedAs(claims, signer, exchange.wallMs, replays)
}

function lookAt(
  signature: MessageSignature,
  message: SignedMessage,
  { byKey, holds }: Signers,
  { hasBody }: { readonly hasBody: boolean },
): LookedAt {
  const signer = byKey.get(String(signature.parameters.get('keyid')))
  const notGood = { ...NOTHING, signer }
  const claims = claimsOf(signature, { hasBody })
  const digests = claims === null ? null : coveredDigests(signature, message)
  if (claims === null || digests === null || (!hasBody && !hasDigests(NO_BODY, digests))) return notGood
  const base = signatureBase(signature, message)
  if (base === null || !holds(signer, base, signature.bytes)) return notGood
  return { signer, claims, bodyDigests: hasBody && digests.length > 0 ? digests : null }
}

/** What the body must come to by this signature: nothing where it covers none; null where what it covers is not clear. */
function coveredDigests({ components }: MessageSignature, { headers }: SignedMessage): readonly BodyDigest[] | null {
  if (!components.some(({ name }) => name === 'content-digest')) return []
  return readContentDigest(headers.get('content-digest') ?? '')
}

function messageOf(exchange: Exchange, { path, headers }: ReceivedSignature): SignedMessage {
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
