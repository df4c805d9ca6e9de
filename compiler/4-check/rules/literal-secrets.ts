import type { RawConfig } from '../../1-load/load.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import { findKnownSecrets, findRandomWord } from '../../secrets/find-secrets.ts'
import type { Given } from '../check.ts'
import { textsIn, type TextValue } from '../scalars.ts'

const HINT =
  'Consider it known and replace it. Then keep the new one outside: ${env:NAME} or ${file:/path} under "secrets", ${secret:name} where it is used.'
/** Random by nature, and no secrets: they check something, or name it in public. */
const NO_SECRETS = new Set(['digest', 'publicKey', 'thumbprint', 'pattern'])
/** Headers that are there to carry a credential. */
const CREDENTIAL_HEADERS = /^(authorization|.*(token|secret|password|api-?key|apikey))$/
/** Shorter values of such a name are words, as in "tokens: many". */
const CREDENTIAL_METADATA = /(token|secret|password|apikey|credential)$/i
const PASSWORD_LENGTH_MIN = 8
/** What stands before the credential itself. */
const SCHEME = /^(?:basic|bearer|token|apikey)\s+/i

/**
 * A literal secret is an error wherever it stands, comments included: by its known form, or because it is random, or because
 * it is the value of something that is called one.
 */
export function literalSecrets(config: LinkedConfig, report: Report, { raw }: Given): void {
  reportKnown(raw, report)
  const told = reportNamed(config, report)
  for (const { at, name, text } of textsOf(raw)) {
    if (NO_SECRETS.has(name) || told.has(at) || findRandomWord(text) === null || isKnown(text)) continue
    report('secret-literal', at, { what: 'it is random, as keys and passwords are' }, { hint: HINT, isHidden: true })
  }
}

/** A generator: lines of keys are many. */
function* textsOf(raw: RawConfig): Generator<TextValue> {
  yield* textsIn('', raw.root)
  for (const file of raw.files) yield* textsIn(...file)
  for (const lines of raw.keyLines.values()) for (const { at, value } of lines) yield* textsIn(at, value)
}

function isKnown(text: string): boolean {
  return findKnownSecrets(text).length > 0
}

function reportKnown({ sources }: RawConfig, report: Report): void {
  const bySourcePath = new Map(sources.map((source) => [source.path, source]))
  for (const { name, text } of bySourcePath.values()) {
    for (const { from, to, what } of findKnownSecrets(text)) {
      const where = { file: name, from, to }
      report('secret-literal', where, { what: `it has the form of ${what}` }, { hint: HINT, isHidden: true })
    }
  }
}

/** @returns The values that were reported, or will be by their form. */
function reportNamed({ upstreams, identities, routes, keys }: LinkedConfig, report: Report): Set<Pointer> {
  const ofIdentities = identities.flatMap(({ introspect }) =>
    introspect === null
      ? []
      : { at: pointTo(introspect.at, 'authorization'), name: 'authorization', value: introspect.authorization },
  )
  const headers = [
    ...[...upstreams.flatMap((upstream) => upstream.headers), ...ofIdentities]
      .filter(({ value }) => value.every((part) => typeof part === 'string'))
      .map(({ at, name, value }) => ({ at, name, text: value.join('') })),
    ...routes.flatMap(({ requestHeaders }) =>
      requestHeaders.set.map(({ at, name, value }) => ({ at, name, text: value })),
    ),
  ].filter(({ name, text }) => CREDENTIAL_HEADERS.test(name) && text.replace(SCHEME, '') !== '')
  const metadata = keys
    .flatMap(({ at, metadata: pairs }) =>
      pairs.map(([name, text]) => ({ at: pointTo(at, 'metadata', name), name, text })),
    )
    .filter(({ name, text }) => CREDENTIAL_METADATA.test(name) && text.length >= PASSWORD_LENGTH_MIN)

  // One with "${" is meant as a reference, and told of as that.
  const found = [...headers, ...metadata].filter(({ text }) => !text.includes('${'))
  for (const { at, name, text } of found) {
    const params = { what: `it is the value of "${name}"` }
    if (!isKnown(text)) report('secret-literal', at, params, { hint: HINT, isHidden: true })
  }
  return new Set(found.map(({ at }) => at))
}
