import type { LinkedKey } from '../../3-link/linked.ts'
import type { Revocations } from './read-revocations.ts'

/**
 * The lines that take a key's secrets away, those of them that the revocations do not hold yet. A key whose secrets are
 * revoked lives on: rotated, it has another. One that is revoked forever has no way back but to take its line out.
 */
export function revocationLines(
  { id, digest, retiring }: LinkedKey,
  { forever }: { readonly forever: boolean },
  { digests, keys }: Revocations,
): string[] {
  if (forever) return keys.has(id) ? [] : [`key:${id}`]
  return [digest, retiring]
    .flatMap((secret) => (secret === null ? [] : [secret.sha256]))
    .filter((sha256) => !digests.has(sha256))
    .map((sha256) => `sha256:${sha256}`)
}
