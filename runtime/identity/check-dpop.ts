import type { Exchange } from '../exchange.ts'
import { refuse, type Refusal } from '../refusals.ts'
import { originOf } from '../request-origin.ts'
import { PROOF_ALGORITHMS, readDpopProof } from './dpop-proof.ts'
import { refuseUnremembered } from './refuse-unremembered.ts'

/** What came with a request that says that its token is bound to a key. */
export interface ReceivedDpop {
  /** True when the credential came with this scheme. */
  isScheme: boolean
  /** The proof, several lines joined by ", "; null without one. */
  proof: string | null
}

/**
 * Looks whether the caller holds the key that its token is bound to, by a proof made for this request that was not shown
 * before.
 *
 * @param thumbprint As the token names the key.
 * @see RFC 9449, section 7.1.
 */
export function checkDpop(exchange: Exchange, thumbprint: unknown): Refusal | null {
  const { table, dpop, method, path, credential: token, wallMs } = exchange
  const proof = dpop?.proof ?? null
  const held = proof === null ? null : readDpopProof(proof, { method, ...originOf(exchange), path, token, wallMs })
  if (held === null || held.thumbprint !== thumbprint) return refuseDpop(exchange, 'invalid_dpop_proof')
  // Only who holds the key comes so far: nobody else can use up what is remembered of it.
  const told = table.replays?.remember(held.id, held.untilMs, wallMs) ?? 'full'
  if (told === 'full') return refuseUnremembered()
  return told === 'seen' ? refuseDpop(exchange, 'invalid_dpop_proof') : null
}

/** @see RFC 9449, section 7.1. */
export function refuseDpop({ table }: Exchange, error: 'invalid_token' | 'invalid_dpop_proof'): Refusal {
  const challenge = `DPoP realm="${table.table.gateway.name}", error="${error}", algs="${PROOF_ALGORITHMS}"`
  return refuse('invalid-token', { headers: `www-authenticate: ${challenge}\r\n` })
}
