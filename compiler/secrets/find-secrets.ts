import { entropyBits, isRandom } from './entropy.ts'
import { SECRET_FORMATS, type SecretFormat } from './formats.ts'

/** A stretch of text that is a secret, offsets in UTF-16 units. */
export interface FoundSecret {
  readonly from: number
  readonly to: number
  /** Whose it is, or "random". */
  readonly what: string
}

/** As long as `before` of any format may be. */
const BEFORE_MAX = 40
/** A row of one letter, as examples write it, is no secret. */
const BITS_MIN = 2

/** Secrets of a known format, in the order of the text. Takes linear time. */
export function findKnownSecrets(text: string): FoundSecret[] {
  const found = SECRET_FORMATS.flatMap((format) => format.marks.flatMap((mark) => hitsOf(text, mark, format)))
  found.sort((a, b) => a.from - b.from || b.to - a.to)
  return found.filter((hit, i) => found.slice(Math.max(0, i - 5), i).every((earlier) => earlier.to <= hit.from))
}

function hitsOf(text: string, mark: string, { service, rest, before }: SecretFormat): FoundSecret[] {
  let at = text.indexOf(mark)
  if (at < 0) return []
  const hits: FoundSecret[] = []
  const sticky = new RegExp(rest)
  for (; at >= 0; at = text.indexOf(mark, at + 1)) {
    const prefix = text.slice(Math.max(0, at - BEFORE_MAX), at)
    const isStart = before === undefined ? !/\w$/.test(prefix) : before.test(prefix)
    sticky.lastIndex = at + mark.length
    const match = isStart ? sticky.exec(text) : null
    if (match === null) continue
    const from = at - (before === undefined ? 0 : (/[\w~.]*$/.exec(prefix)?.[0].length ?? 0))
    const to = endOfWord(text, at + mark.length + match[0].length)
    if (isDigest(text, from, to)) continue
    if (entropyBits(text.slice(from, to)) >= BITS_MIN) hits.push({ from, to, what: service })
  }
  return hits
}

/** One in 65 536 digests of keys begins like a secret of some service. */
function isDigest(text: string, from: number, to: number): boolean {
  return text.startsWith('sha256:', from - 'sha256:'.length) && /^[0-9a-f]{64}$/.test(text.slice(from, to))
}

/** The expressions ask for the least; what goes on behind it belongs to the secret, too. */
function endOfWord(text: string, at: number): number {
  const rest = /[\w+/=.~-]*/y
  rest.lastIndex = at
  return at + (rest.exec(text)?.[0].length ?? 0)
}

/** Stars in place of secrets of a known format, as many as characters, so that columns stay. */
export function hideKnownSecrets(text: string): string {
  return findKnownSecrets(text).reduce((shown, { from, to }) => hideStretch(shown, from, to), text)
}

export function hideStretch(text: string, from: number, to: number): string {
  return text.slice(0, from) + '*'.repeat(Math.max(0, Math.min(to, text.length) - from)) + text.slice(to)
}

/** Never secret, however random: digests of the language, ids of RFC 9562, and where something is (of a URL only the host). */
const NO_SECRETS =
  /sha(?:256|384|512)[:-][A-Za-z0-9+/=]+|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b|\b[a-z]+:\/\/[^/\s]+/g

/** A word that is as random as a secret, or null. */
export function findRandomWord(value: string): string | null {
  const words = value.replaceAll(NO_SECRETS, ' ').match(/[\w+/=-]{28,}/g) ?? []
  return words.find(isRandom) ?? null
}
