import type { Source } from '../../1-load/source.ts'
import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import { usageFault } from '../../command-fault.ts'
import { checkConfig, type Checked } from '../../compile.ts'
import type { Diagnostic } from '../../diagnostics/locate.ts'
import type { ReadConfig } from '../read-config.ts'
import { beginningOf } from './beginning-of.ts'
import { editDigests, type WrittenDigests } from './edit-digests.ts'
import { editKeyLine } from './edit-key-line.ts'
import { endText } from './end-text.ts'
import { digestOf, makeSecret } from './make-secret.ts'
import { newDiagnostics } from './new-diagnostics.ts'
import { requireKey } from './require-known.ts'
import { requireRotatable } from './require-rotatable.ts'
import type { Revocations } from './read-revocations.ts'

/** What is asked for. */
export interface RotationRequest {
  readonly id: string
  /** How long the old secret still opens: "14d", or a point in time. */
  readonly until: string
  /** Null: the first that the gateway opens to. */
  readonly environment: string | null
}

/** A key with a new secret that the config can take. */
export interface RotatedKey {
  readonly secret: string
  readonly tenant: string
  /** When the old secret ends, as it is written. */
  readonly until: string
  /** True when the old secret opens nothing all the same. */
  readonly isOldRevoked: boolean
  /** The file that holds the key. */
  readonly source: Source
  /** That file's text with the new digests in it. */
  readonly edited: string
  /** What the config has to say only since the rotation. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Makes a new secret for a key and proves that the config takes it, and that nothing else in it changes. Writes nothing.
 *
 * @param config The config as it is.
 * @param pick   A random whole number from 0 to below its argument.
 * @returns The key, or what is wrong with the config that would come of it.
 * @throws A `CommandFault` when the key cannot be rotated.
 */
export function rotateKey(
  config: ReadConfig,
  request: RotationRequest,
  revocations: Revocations,
  pick: (below: number) => number,
): RotatedKey | Pick<Checked, 'diagnostics' | 'sources'> {
  const { linked, file, options } = config
  const key = requireKey(request.id, linked)
  const { sha256: old } = requireRotatable(key, revocations, options.atMs)

  const until = endText('--until', request.until, options.atMs)
  const secret = makeSecret(...beginningOf(request.environment, linked), pick)
  const digests = { digest: digestOf(secret), retiring: { digest: `sha256:${old}`, until } }
  const source = config.findSpan({ key: key.at })?.source
  if (source === undefined) throw new Error(`the file of key ${key.id} was not read`)
  const edit = source.lines === null ? editDigests : editKeyLine
  const edited = edit(source, key.at.slice(source.root.length), digests)
  if (edited === null) throw usageFault(notEditable(key.id, source))

  const proved = checkConfig(file, { ...options, texts: new Map([[source.path, edited]]) })
  if (proved.linked === null) return proved
  requireOnlyRotated(linked, proved.linked, key.id, digests)
  const tenant = linked.tenants[key.tenant]?.name ?? ''
  const isOldRevoked = revocations.digests.has(old)
  const warnings = newDiagnostics(config.diagnostics, proved.diagnostics)
  return { secret, tenant, until, isOldRevoked, source, edited, warnings }
}

function notEditable(id: string, { name }: Source): string {
  return `The digest of key "${id}" in ${name} is not written on one line, such as "digest: sha256:...". Write it so first.`
}

/** A text that compiles but says something else would lose the secret, or change what was not asked for. */
function requireOnlyRotated(before: LinkedConfig, after: LinkedConfig, id: string, written: WrittenDigests): void {
  const key = after.keys.find((candidate) => candidate.id === id)
  const isWritten =
    `sha256:${key?.digest?.sha256}` === written.digest && `sha256:${key?.retiring?.sha256}` === written.retiring.digest
  if (!isWritten || !isSameButFor(id, before, after))
    throw new Error(`the edited config is not the one before with key ${id} rotated`)
}

/** Key by key: of a million, one text would be too long. */
function isSameButFor(id: string, before: LinkedConfig, after: LinkedConfig): boolean {
  const withoutKeys = (config: LinkedConfig): string => JSON.stringify({ ...config, keys: [] })
  const withoutSecrets = (key: LinkedKey): string =>
    JSON.stringify(key.id === id ? { ...key, digest: null, retiring: null } : key)
  return (
    before.keys.length === after.keys.length &&
    withoutKeys(before) === withoutKeys(after) &&
    before.keys.every((key, i) => {
      const other = after.keys[i]
      return other !== undefined && withoutSecrets(key) === withoutSecrets(other)
    })
  )
}
