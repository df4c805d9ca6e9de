import type { RawConfig } from '../../1-load/load.ts'
import type { LinkedConfig, LinkedText } from '../../3-link/linked.ts'
import { pointTo, type Pointer, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { textsIn, type TextValue } from '../scalars.ts'

/** Where a reference is resolved when the runtime starts. */
const RESOLVED =
  /^\/(secrets\/|upstreams\/[^/]+\/(targets|headers)\/|identity\/[^/]+\/introspect\/authorization$)|\/keys(From)?\/[^/]+\/signing\/secret$/
const REFERENCE = /\$\{(?:env|file|secret):/
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Anything that looks like a reference is one; elsewhere, or misspelt, it would be sent as it stands. */
export function secretReferences(
  { upstreams, identities, secrets }: LinkedConfig,
  report: Report,
  { raw }: Given,
): void {
  const texts = [
    ...upstreams.flatMap(({ targets, headers }) => [
      ...targets.map(({ at, url }) => ({ at, text: url })),
      ...headers.map(({ at, value }) => ({ at, text: value })),
    ]),
    ...identities.flatMap(({ introspect }) =>
      introspect === null ? [] : [{ at: pointTo(introspect.at, 'authorization'), text: introspect.authorization }],
    ),
  ]
  for (const { at, text } of texts) if (hasLooseBrace(text)) reportForm(at, report)
  for (const { at, from, key } of secrets) {
    const isWrong = from === 'env' ? !ENVIRONMENT_NAME.test(key) : !key.startsWith('/')
    if (isWrong) reportForm(at, report)
  }
  for (const { at, text } of textsOf(raw)) {
    if (REFERENCE.test(text) && !RESOLVED.test(at)) report('reference-misplaced', at, {})
  }
}

/** Schemas of bodies are no part of the language: what stands in them is looked for in requests. */
function* textsOf({ root, files, keyLines }: RawConfig): Generator<TextValue> {
  yield* textsIn('', root)
  for (const file of files) if (file[0].startsWith('/include/')) yield* textsIn(...file)
  for (const { at, value } of [...keyLines.values()].flat()) yield* textsIn(at, value)
}

function reportForm(at: Pointer, report: Report): void {
  report('reference-wrong-form', at, {}, { hint: 'There are ${env:NAME}, ${file:/path} and ${secret:name}.' })
}

function hasLooseBrace(text: LinkedText): boolean {
  return text.some((part) => typeof part === 'string' && part.includes('${'))
}
