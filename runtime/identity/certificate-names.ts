import type { SubjectRow } from '../../schemas/identity-rows.ts'

/** A subject alternative name of a kind that can be asked for. */
export interface AlternativeName {
  readonly by: 'dns' | 'uri' | 'email' | 'ip'
  readonly value: string
}

type Attribute = SubjectRow[number][number]

const KINDS: Readonly<Record<string, AlternativeName['by']>> = {
  DNS: 'dns',
  URI: 'uri',
  email: 'email',
  'IP Address': 'ip',
}
/** "DNS:a.example", and "DNS:"a\u002c b"" for what could be taken for something else. */
const ALTERNATIVE = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y
/** A backslash and two hex digits are a byte that is no character to print; before anything else it takes the meaning away. */
const ATTRIBUTE = /([A-Za-z0-9.]+)=((?:[^\\+\n]|\\[\s\S])*?)( \+ |\n|$)/y
const ESCAPE = /\\([0-9A-F]{2}|[\s\S])/g

/**
 * Takes apart what Node says of a certificate's subject: a line for each part, " + " between the attributes of one. Node
 * escapes all that could be mistaken for either.
 *
 * @returns Null for what cannot be taken apart, or is empty.
 */
export function readSubject(text: string | undefined): SubjectRow | null {
  if (text === undefined || text === '') return null
  const parts: Attribute[][] = [[]]
  for (ATTRIBUTE.lastIndex = 0; ;) {
    const match = ATTRIBUTE.exec(text)
    if (match === null) return null
    const [, type = '', value = '', end] = match
    parts.at(-1)?.push([type.toUpperCase(), value.replace(ESCAPE, plainOf)])
    if (end === '') return parts.map((part) => part.sort(byTypeAndValue))
    if (end === '\n') parts.push([])
  }
}

/**
 * Takes apart what Node says of a certificate's other names. Names of kinds that nobody can ask for are left out.
 *
 * @returns None for a text that cannot be taken apart to its end: nothing of it is believed then.
 */
export function readAlternatives(text: string | undefined): AlternativeName[] {
  if (text === undefined) return []
  if (text.endsWith(', ')) return []
  const names: AlternativeName[] = []
  for (ALTERNATIVE.lastIndex = 0; ALTERNATIVE.lastIndex < text.length;) {
    const match = ALTERNATIVE.exec(text)
    if (match === null) return []
    const [, kind = '', value = ''] = match
    const by = KINDS[kind]
    const plain = value.startsWith('"') ? unquote(value) : value
    if (plain === null) return []
    if (by !== undefined) names.push({ by, value: plain })
  }
  return names
}

/** Two orders of the attributes of one part are one name. */
export function byTypeAndValue([type, value]: Attribute, [otherType, otherValue]: Attribute): number {
  if (type !== otherType) return type < otherType ? -1 : 1
  return value < otherValue ? -1 : value > otherValue ? 1 : 0
}

function plainOf(_: string, escaped: string): string {
  return escaped.length === 2 ? String.fromCharCode(parseInt(escaped, 16)) : escaped
}

function unquote(value: string): string | null {
  try {
    const plain: unknown = JSON.parse(value)
    return typeof plain === 'string' ? plain : null
  } catch {
    // Not one of Node's quoted names.
    return null
  }
}
