import { hasDigests } from './content-digest.ts'
import type { Exchange } from './exchange.ts'
import { countFailure } from './lockout/lockout.ts'
import { refuse, type Refusal } from './refusals.ts'

/** A body that is not the one that was signed makes the signature nobody's: a failed authentication like any other. */
export function checkBodyDigests(exchange: Exchange, body: Uint8Array): Refusal | null {
  const { signature, table } = exchange
  const bodyDigests = signature?.bodyDigests ?? null
  if (bodyDigests === null || hasDigests(body, bodyDigests)) return null
  return countFailure(exchange, refuse('invalid-key', { headers: table.challengeInvalid }))
}
