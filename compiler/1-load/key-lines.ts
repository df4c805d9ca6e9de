import { isMap, isScalar, parseDocument, visit } from 'yaml'
import { pointTo, type Pointer, type Report } from '../diagnostics/report.ts'

/** One key of a file of keys: an object with its id and its members. */
export interface KeyLine {
  /** The pointer of the file's name, and the number of the line. */
  readonly at: Pointer
  readonly value: Readonly<Record<string, unknown>>
}

/** Of all files of keys together: programs write them, more than people edit. A hundred thousand keys have room. */
export const KEY_BYTES_MAX = 32 * 1024 * 1024
const LINE_CHARACTERS_MAX = 64 * 1024
const STRING_OR_BLANKS = /("(?:[^"\\]|\\.)*")|\s+/g

/** True when a place stands in a file of keys and is a whole line of it. */
export function isKeyLine(pointer: Pointer): boolean {
  return /\/keysFrom\/\d+$/.test(pointer)
}

/**
 * Reads a file of keys, a JSON object a line; blank lines are read over. Each line that is none, or that says the same twice,
 * is reported.
 *
 * @param file Name for diagnostics.
 * @param root The pointer of the file's name.
 */
export function parseKeyLines(text: string, file: string, root: Pointer, report: Report): KeyLine[] {
  const lines: KeyLine[] = []
  let number = 0
  for (let from = 0; from < text.length;) {
    const next = text.indexOf('\n', from)
    const to = next < 0 ? text.length : next
    const line = text.slice(from, to)
    number++
    if (line.trim() !== '') {
      const value = objectIn(line)
      if (value === null) report('key-line-broken', { file, from, to: from + 1 }, {}, { hint: HINT })
      else if (reportDuplicates(line, value, { file, from }, report)) lines.push({ at: pointTo(root, number), value })
    }
    from = to + 1
  }
  return lines
}

const HINT = 'A line holds one key: {"id": "name", "digest": "sha256:…", "scopes": ["a:read"]}'

/** Where each line begins, offsets in UTF-16 units. */
export function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function objectIn(line: string): Readonly<Record<string, unknown>> | null {
  if (line.length > LINE_CHARACTERS_MAX) return null
  try {
    const value: unknown = JSON.parse(line)
    // Safe: an object that JSON makes has members by name.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as KeyLine['value']) : null
  } catch {
    // The engine's message would quote the line, in which a secret may stand.
    return null
  }
}

/** @returns True when no name comes twice: written anew, nothing of the line is lost then. */
function reportDuplicates(
  line: string,
  value: KeyLine['value'],
  { file, from }: { readonly file: string; readonly from: number },
  report: Report,
): boolean {
  const again = JSON.stringify(value)
  if (line === again || line.replace(STRING_OR_BLANKS, '$1') === again) return true
  let isSound = true
  visit(parseDocument(line, { uniqueKeys: false, logLevel: 'silent' }), {
    Map: (_, map) => {
      const names = new Set<unknown>()
      for (const { key } of isMap(map) ? map.items : []) {
        if (!isScalar(key) || !key.range) continue
        const where = { file, from: from + key.range[0], to: from + key.range[1] }
        if (names.has(key.value)) report('yaml-duplicate-name', where, { name: String(key.value) })
        isSound &&= !names.has(key.value)
        names.add(key.value)
      }
    },
  })
  return isSound
}
