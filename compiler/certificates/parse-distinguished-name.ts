import type { SubjectRow } from '../../schemas/identity-rows.ts'

/** The types that Node names in a certificate's subject; any other it shows as numbers, or not at all. */
const TYPES = new Map(
  [
    ...['C', 'CN', 'DC', 'emailAddress', 'GN', 'L', 'O', 'OU'],
    ...['serialNumber', 'SN', 'ST', 'street', 'title', 'UID'],
  ].map((type) => [type.toUpperCase(), type]),
)
/** A type, and a value in which what has a meaning stands behind a backslash; then what comes next. */
const ATTRIBUTE = /([^=,+]*)=((?:[^\\,+"<>;]|\\(?:[ #,+"<>;=\\]|[0-9A-Fa-f]{2}))*)(,|\+|$)/y
const ESCAPES = /(?:\\[0-9A-Fa-f]{2})+|\\./g

export interface DistinguishedName {
  /** In the certificate's order: the text's reversed. */
  readonly parts: SubjectRow
}

/**
 * Reads a distinguished name as RFC 4514 writes it: "CN=robot-7,O=Globex", the last part of the certificate's first. Spaces
 * are let through behind a comma.
 *
 * @returns The name, or what is wrong with it, for a sentence that begins with the name.
 */
export function parseDistinguishedName(text: string): DistinguishedName | { readonly problem: string } {
  const parts: [string, string][][] = [[]]
  for (ATTRIBUTE.lastIndex = 0; ;) {
    const at = ATTRIBUTE.lastIndex
    const match = ATTRIBUTE.exec(text)
    if (match === null) return { problem: `cannot be read from ${JSON.stringify(text.slice(at))} on` }
    const [, type = '', escaped = '', end] = match
    const upper = type.trimStart().toUpperCase()
    if (!TYPES.has(upper)) return { problem: `has a part "${type}"; there are ${[...TYPES.values()].join(', ')}` }
    const value = unescape(escaped)
    if (value === null) return { problem: 'has an escape in it that is not UTF-8' }
    if (escaped === '' || /^[ #]|(^|[^\\]) $/.test(escaped))
      return { problem: `has a value of ${type} that is empty, or needs a backslash before a space or "#" at its ends` }
    parts.at(-1)?.push([upper, value])
    if (end === '') break
    if (end === ',') parts.push([])
  }
  return { parts: parts.toReversed().map((part) => part.toSorted(byTypeAndValue)) }
}

function byTypeAndValue([type, value]: [string, string], [otherType, otherValue]: [string, string]): number {
  if (type !== otherType) return type < otherType ? -1 : 1
  return value < otherValue ? -1 : value > otherValue ? 1 : 0
}

function unescape(text: string): string | null {
  let isUtf8 = true
  const plain = text.replace(ESCAPES, (escape) => {
    if (!/^\\[0-9A-Fa-f]{2}/.test(escape)) return escape.slice(1)
    try {
      return decodeURIComponent(escape.replaceAll('\\', '%'))
    } catch {
      // decodeURIComponent throws for what is not UTF-8 and says nothing more of it.
      isUtf8 = false
      return ''
    }
  })
  return isUtf8 ? plain : null
}
