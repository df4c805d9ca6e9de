import { hasDigests } from './content-digest.ts'
import type { Exchange } from './exchange.ts'
import { refuse, type Refusal } from './refusals.ts'

/** A body that is not the one that was signed makes the signature nobody's. */
export function checkBodyDigests({ signature, table }: Exchange, body: Uint8Array): Refusal | null {
  const bodyDigests = signature?.bodyDigests ?? null
  if (bodyDigests === null || hasDigests(body, bodyDigests)) return null
  return refuse('invalid-key', { headers: table.challengeInvalid })
}
