import type { Source } from '../../1-load/source.ts'
import type { LinkedConfig, LinkedTenant } from '../../3-link/linked.ts'
import { usageFault } from '../../command-fault.ts'
import { checkConfig, type Checked } from '../../compile.ts'
import type { Diagnostic } from '../../diagnostics/locate.ts'
import { pointTo, type Pointer } from '../../diagnostics/report.ts'
import type { ReadConfig } from '../read-config.ts'
import { beginningOf } from './beginning-of.ts'
import { endText } from './end-text.ts'
import { insertKey } from './insert-key.ts'
import { keyEntry, type NewKey } from './key-entry.ts'
import { digestOf, makeSecret } from './make-secret.ts'
import { newDiagnostics } from './new-diagnostics.ts'
import type { Revocations } from './read-revocations.ts'
import { requireKnown, requireTenant } from './require-known.ts'

const SNIPPET_STEP_COLUMNS = 2

/** What is asked for. */
export interface KeyRequest {
  readonly tenant: string
  readonly id: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly plan: string | null
  /** "90d", or a point in time. */
  readonly expires: string | null
  /** Null: the first that the gateway opens to. */
  readonly environment: string | null
}

/** A key that the config can take. */
export interface MadeKey {
  readonly secret: string
  /** The file that it belongs into. */
  readonly source: Source
  /** Its lines, for a person who puts them in below `keys`. */
  readonly snippet: string
  /** The file's text with the key in it, or null when its layout is not one of lines. */
  readonly edited: string | null
  /** What the config with the key has to say that the one without it has not. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Makes a key and proves that the config takes it. Writes nothing.
 *
 * @param pick A random whole number from 0 to below its argument.
 * @returns The key, or what is wrong with the config that would come of it.
 * @throws A `CommandFault` when what is asked for does not exist.
 */
export function newKey(
  config: ReadConfig,
  request: KeyRequest,
  revocations: Revocations,
  pick: (below: number) => number,
): MadeKey | Pick<Checked, 'diagnostics' | 'sources'> {
  const { linked, sources, file, options } = config
  const tenant = requireTenant(request.tenant, linked)
  requireKnown(request, linked)
  if (revocations.keys.has(request.id)) throw usageFault(revokedForGood(request.id))

  const secret = makeSecret(...beginningOf(request.environment, linked), pick)
  const { id, roles, scopes, plan } = request
  const expires = request.expires === null ? null : endText('--expires', request.expires, options.atMs)
  const key: NewKey = { id, digest: digestOf(secret), roles, scopes, plan, expires }

  const { source, pointer } = homeOf(tenant, sources)
  const snippet = keyEntry(key, SNIPPET_STEP_COLUMNS).join('\n')
  const edited = insertKey(source, pointer, key)
  if (edited === null) return { secret, source, snippet, edited, warnings: [] }

  const proved = checkConfig(file, { ...options, texts: new Map([[source.path, edited]]) })
  if (proved.linked === null) return proved
  requireWritten(proved.linked, key)
  return { secret, source, snippet, edited, warnings: newDiagnostics(config.diagnostics, proved.diagnostics) }
}

function revokedForGood(id: string): string {
  return `The id "${id}" is revoked for good ("key:${id}" in the revocations): a key of that id would open nothing. Choose another.`
}

/** The file in which a tenant's keys stand, and where in it the tenant is. */
function homeOf(tenant: LinkedTenant, sources: readonly Source[]): { source: Source; pointer: Pointer } {
  const root = tenant.include === null ? '' : pointTo(tenant.include.at, 'file')
  const source = sources.find((candidate) => candidate.root === root)
  if (source === undefined) throw new Error(`the file of tenant ${tenant.name} was not read`)
  return { source, pointer: tenant.include === null ? tenant.at : '' }
}

/** A text that compiles but does not hold the key would lose the secret. */
function requireWritten({ keys }: LinkedConfig, key: NewKey): void {
  const written = keys.find(({ id, digest }) => id === key.id && `sha256:${digest?.sha256}` === key.digest)
  if (written === undefined) throw new Error(`the edited config does not hold key ${key.id}`)
}
