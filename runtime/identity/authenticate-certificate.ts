import type { Caller } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { refuse, type Refusal } from '../refusals.ts'
import { isRevoked } from '../revocations/revoked.ts'
import type { LoadedIdentity } from './load-identities.ts'
import { shownCertificate } from './shown-certificate.ts'

/**
 * Finds out whose certificate was shown, among the identities that the route takes. One that none of them knows, or that has
 * ended since the connection was opened, is as good as no credential.
 */
export function authenticateCertificate(exchange: Exchange, identities: readonly LoadedIdentity[]): Refusal | null {
  const caller = callerOf(exchange, identities)
  const { table } = exchange
  if (caller === null) return refuse('missing-credential', { headers: table.challengeMissing })
  exchange.caller = caller
  return isRevoked(exchange) ? refuse('revoked-key', { headers: table.challengeInvalid }) : null
}

function callerOf(exchange: Exchange, identities: readonly LoadedIdentity[]): Caller | null {
  const shown = shownCertificate(exchange)
  if (shown === null) return null
  for (const { position, certify } of identities) {
    let caller = shown.callers.get(position)
    if (caller === undefined) {
      caller = certify?.(shown.certificate) ?? null
      shown.callers.set(position, caller)
    }
    if (caller !== null) return caller
  }
  return null
}
