import type { Digest } from '../../../schemas/config.ts'
import type { LinkedKey } from '../../3-link/linked.ts'
import { CommandFault, usageFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'
import { instantText } from '../instant-text.ts'
import type { Revocations } from './read-revocations.ts'

/**
 * The digest of the secret that a rotation would replace. A key keeps one old secret: a second one that is still open would
 * be shut without a word.
 *
 * @throws A `CommandFault` when the key cannot be rotated, and what to do instead.
 */
export function requireRotatable(key: LinkedKey, revocations: Revocations, atMs: number): Digest {
  const { id, imported, digest, retiring } = key
  if (digest === null) {
    throw usageFault(
      `Key "${id}" signs its requests: this config holds no secret of it. Change what "signing" refers to, or its public key.`,
    )
  }
  if (imported) {
    throw usageFault(
      `Key "${id}" is imported: its secret is made elsewhere. Replace its digest by hand, or give its caller a key of ours: keysmith keys new.`,
    )
  }
  if (revocations.keys.has(id)) {
    throw new CommandFault(
      EXIT.wrong,
      `Key "${id}" is revoked for good ("key:${id}" in the revocations), whatever its secret: a new one would open nothing.`,
    )
  }
  if (retiring === null || retiring.untilMs <= atMs || revocations.digests.has(retiring.sha256)) return digest
  const end = instantText(retiring.untilMs)
  throw usageFault(
    `Key "${id}" was rotated before, and the secret before that still opens until ${end}. A key has one retiring secret: wait until then, or take "retiring" out of the config first, which shuts that secret at once.` +
      (revocations.digests.has(digest.sha256) ? '' : ` If a secret has leaked: keysmith keys revoke ${id}.`),
  )
}
