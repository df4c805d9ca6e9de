import type { LinkedKey } from '../../3-link/linked.ts'
import type { Revocations } from './read-revocations.ts'

/** What a key is worth at one time. Only "active" opens anything. */
export type KeyState = 'active' | 'revoked' | 'suspended' | 'expired' | 'upcoming'

/** In the order in which the runtime looks at them. */
export function keyState(key: LinkedKey, { digests, keys }: Revocations, atMs: number): KeyState {
  const { id, digest, suspendedMs, expiresMs, notBeforeMs } = key
  if (keys.has(id) || (digest !== null && digests.has(digest.sha256))) return 'revoked'
  return stateByTime({ suspendedMs, expiresMs, notBeforeMs }, atMs)
}

/** The same, of a secret that is not revoked. */
export function stateByTime(
  { suspendedMs, expiresMs, notBeforeMs }: Pick<LinkedKey, 'suspendedMs' | 'expiresMs' | 'notBeforeMs'>,
  atMs: number,
): Exclude<KeyState, 'revoked'> {
  if (suspendedMs !== null && atMs >= suspendedMs) return 'suspended'
  if (expiresMs !== null && atMs >= expiresMs) return 'expired'
  return notBeforeMs !== null && atMs < notBeforeMs ? 'upcoming' : 'active'
}
