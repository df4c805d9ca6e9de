/** What came of reading a JSON text: its value, or what is wrong with it for the caller to read. */
export type StrictJson = { readonly value: unknown; readonly problem: null } | { readonly problem: string }

const DEPTH_MAX = 64
const BYTE_ORDER_MARK = 0xfeff

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COLON = 0x3a

/**
 * Reads JSON in UTF-8 as only one reader can: no byte order mark, no member twice in one object, no depth over 64.
 *
 * @see RFC 8259, sections 4 and 8.1: what differs between readers.
 */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { problem: 'The body is not UTF-8.' }
  }
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) return { problem: 'The body begins with a byte order mark.' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own words quote the body.
    return { problem: 'The body is not JSON.' }
  }
  const problem = scan(text)
  return problem === null ? { value, problem: null } : { problem }
}

/** Looks at nesting and names. The text is known to be JSON, so what is not a string or a bracket can be passed over. */
function scan(text: string): string | null {
  /** For each open bracket the names seen in it; null for an array. */
  const open: (Set<string> | null)[] = []
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      open.push(code === OPEN_OBJECT ? new Set() : null)
      if (open.length > DEPTH_MAX) return `The body is nested more than ${DEPTH_MAX} levels deep.`
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop()
    else if (code === QUOTE) {
      const end = stringEnd(text, i)
      const names = open[open.length - 1]
      if (names !== null && names !== undefined && isName(text, end)) {
        const name = nameOf(text.slice(i, end))
        if (names.has(name)) return 'The body has a member twice in one object.'
        names.add(name)
      }
      i = end - 1
    }
  }
  return null
}

/** Behind the closing quote of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1
  return i + 1
}

function isName(text: string, end: number): boolean {
  let i = end
  while (text.charCodeAt(i) <= 0x20) i++
  return text.charCodeAt(i) === COLON
}

/** "\u0061" and "a" are one name. */
function nameOf(quoted: string): string {
  // Safe: a JSON string parses to a string.
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
}
