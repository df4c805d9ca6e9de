import { isMap, isScalar, Scalar, type Node, type Pair, type YAMLMap } from 'yaml'
import type { Source } from '../../1-load/source.ts'
import { keyText } from '../../1-load/to-value.ts'
import type { Pointer } from '../../diagnostics/report.ts'
import { columnOf, nextLine, pathTo, rangeOf } from './written-nodes.ts'

/** What a key's lines say of its secrets after a rotation. */
export interface WrittenDigests {
  readonly digest: string
  readonly retiring: { readonly digest: string; readonly until: string }
}

/** A stretch of text, and what takes its place. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Writes a key's new digest in the place of its old one, and the old one under `retiring`. All else stays as it is, comments,
 * quotes and layout included.
 *
 * @param key Where the key stands in this file.
 * @returns The new text, or null for a layout that no line of ours fits into, such as a digest in a block of text.
 */
export function editDigests(source: Source, key: Pointer, written: WrittenDigests): string | null {
  const { text } = source
  const holder = pathTo(source, key).at(-1)?.value
  if (!isMap(holder)) return null
  const current = memberOf(holder, 'digest')
  const retiring = memberOf(holder, 'retiring')
  if (current === undefined) return null
  const edits = [
    replaceScalar(current.value, written.digest),
    ...(retiring === undefined
      ? [addRetiring(text, holder, current, written.retiring)]
      : replaceRetiring(retiring.value, written.retiring)),
  ]
  return edits.every((edit) => edit !== null) ? apply(text, edits) : null
}

function replaceRetiring(node: unknown, { digest, until }: WrittenDigests['retiring']): (Edit | null)[] {
  if (!isMap(node)) return [null]
  return [replaceScalar(memberOf(node, 'digest')?.value, digest), replaceScalar(memberOf(node, 'until')?.value, until)]
}

/** In the quotes that it stood in. */
function replaceScalar(node: unknown, value: string): Edit | null {
  if (!isScalar(node)) return null
  const quote = QUOTES[node.type ?? '']
  if (quote === undefined) return null
  const [from, to] = rangeOf(node)
  return { from, to, text: quote + value + quote }
}

/** Neither a digest nor a point in time holds anything that would have to be escaped. */
const QUOTES: Readonly<Record<string, string>> = {
  [Scalar.PLAIN]: '',
  [Scalar.QUOTE_DOUBLE]: '"',
  [Scalar.QUOTE_SINGLE]: "'",
}

/** Behind the digest: in its braces, or on a line of its own. */
function addRetiring(
  text: string,
  holder: YAMLMap,
  digest: Pair,
  { digest: old, until }: WrittenDigests['retiring'],
): Edit | null {
  // Safe: replaceScalar has found a node there.
  const [, end] = rangeOf(digest.value as Node)
  const isJson = isScalar(digest.key) && digest.key.type === Scalar.QUOTE_DOUBLE
  const member = isJson
    ? `"retiring": { "digest": "${old}", "until": "${until}" }`
    : `retiring: { digest: "${old}", until: ${until} }`
  if (holder.flow === true) return { from: end, to: end, text: `, ${member}` }

  const column = columnOf(text, digest)
  if (column === null) return null
  const at = nextLine(text, end)
  const lineEnd = /\r?\n$/.exec(text.slice(0, at))?.[0]
  const line = ' '.repeat(column) + member
  // A last line without an end stays one.
  if (lineEnd === undefined) return { from: at, to: at, text: (text.includes('\r\n') ? '\r\n' : '\n') + line }
  return { from: at, to: at, text: line + lineEnd }
}

function memberOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => keyText(pair.key) === name)
}

function apply(text: string, edits: readonly Edit[]): string {
  // From the back, so that the places before stay what they are. What is added behind a value comes after that value.
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((rest, edit) => rest.slice(0, edit.from) + edit.text + rest.slice(edit.to), text)
}
