import { createHash } from 'node:crypto'
import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import { stateByTime, type KeyState } from './key-state.ts'
import { hasChecksum } from './make-secret.ts'
import type { Revocations } from './read-revocations.ts'

/** What is known of a secret. Nothing in it shows the secret. */
export type Verified =
  | { readonly key: null; readonly reason: 'empty' | 'typo' | 'environment' | 'token' | 'form' | 'unknown' }
  | {
      readonly key: LinkedKey
      readonly secret: 'current' | 'retiring'
      /** "retired": the key was rotated, and this secret's time is over. */
      readonly state: KeyState | 'retired'
    }

/** Says whose secret this is and whether it opens anything, as the runtime would. */
export function verifySecret(
  secret: string,
  { settings, keys }: LinkedConfig,
  revocations: Revocations,
  atMs: number,
): Verified {
  const isOurs = settings.keys !== null && secret.startsWith(`${settings.keys.prefix}_`)
  const reason = isOurs ? whyNotWellFormed(secret, settings.keys) : whyNoImported(secret, keys)
  if (reason !== null) return { key: null, reason }

  const sha256 = createHash('sha256').update(secret).digest('hex')
  const key = keys.find(
    (candidate) =>
      candidate.imported !== isOurs && (candidate.digest?.sha256 === sha256 || candidate.retiring?.sha256 === sha256),
  )
  if (key === undefined) return { key: null, reason: 'unknown' }
  const isRevoked = revocations.keys.has(key.id) || revocations.digests.has(sha256)
  const { retiring } = key
  const which = key.digest?.sha256 === sha256 ? 'current' : 'retiring'
  const isRetired = which === 'retiring' && retiring !== null && atMs >= retiring.untilMs
  return { key, secret: which, state: isRetired ? 'retired' : isRevoked ? 'revoked' : stateByTime(key, atMs) }
}

const FORM = /^(live|test)_[0-9A-Za-z]{38}$/

function whyNotWellFormed(
  secret: string,
  { prefix, accept }: { readonly prefix: string; readonly accept: readonly string[] },
): 'typo' | 'environment' | null {
  const environment = FORM.exec(secret.slice(prefix.length + 1))?.[1]
  if (environment === undefined || !hasChecksum(secret)) return 'typo'
  return accept.includes(environment) ? null : 'environment'
}

/** What begins otherwise can only be a secret of another system, or no secret at all. */
function whyNoImported(secret: string, keys: readonly LinkedKey[]): 'empty' | 'token' | 'form' | null {
  if (secret === '') return 'empty'
  if (/^[^.]+\.[^.]+\.[^.]+$/.test(secret)) return 'token'
  return keys.some(({ imported }) => imported) ? null : 'form'
}
