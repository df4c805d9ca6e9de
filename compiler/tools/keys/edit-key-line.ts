import { parseDocument } from 'yaml'
import type { Source } from '../../1-load/source.ts'
import { segmentsOf, type Pointer } from '../../diagnostics/report.ts'
import { editDigests, type WrittenDigests } from './edit-digests.ts'

/**
 * The same as `editDigests`, for a key in a file of keys, one JSON object a line. JSON is YAML: the line is edited as a key in
 * braces is, and no other line is looked at.
 *
 * @param key The line's number, from 1, as a pointer.
 */
export function editKeyLine(source: Source, key: Pointer, written: WrittenDigests): string | null {
  const { text, lines } = source
  const from = lines?.[Number(segmentsOf(key)[0]) - 1]
  if (from === undefined) return null
  const next = text.indexOf('\n', from)
  const to = next < 0 ? text.length : next
  const json = text.slice(from, to)
  const document = parseDocument(json, { version: '1.2', schema: 'core', logLevel: 'silent' })
  const edited = editDigests({ ...source, text: json, document }, '', written)
  return edited === null ? null : text.slice(0, from) + edited + text.slice(to)
}
