/** What a byte of a path is to the one form of paths. */
const PLAIN = 0
const PERCENT = 1
const SLASH = 2
const DOT = 3
const REFUSED = 4

const CLASSES = classify()

function classify(): Uint8Array {
  const classes = new Uint8Array(256).fill(REFUSED)
  // Visible ASCII passes. "\" and ";" are read differently by different servers, "#" begins what no request has.
  for (let code = 0x21; code <= 0x7e; code++) classes[code] = PLAIN
  for (const character of '\\;#?') classes[character.charCodeAt(0)] = REFUSED
  classes['%'.charCodeAt(0)] = PERCENT
  classes['/'.charCodeAt(0)] = SLASH
  classes['.'.charCodeAt(0)] = DOT
  return classes
}

const SLASH_CODE = 0x2f
const DOT_CODE = 0x2e
const UNRESERVED = /[A-Za-z0-9\-._~]/
/** Bytes that mean something else to some server behind us, however they are escaped: "/", "\", NUL and "%". */
const REFUSED_ESCAPES = new Set(['2F', '5C', '00', '25'])

/**
 * Brings a path into its one form: unreserved characters decoded, other escapes in upper-case hex. Everything that two
 * servers could read differently is refused.
 *
 * @param raw As it came, without the query.
 * @returns The form on which routes match and which is forwarded, or null.
 * @see RFC 3986, section 6.2.2.
 */
export function canonicalPath(raw: string): string | null {
  if (raw.charCodeAt(0) !== SLASH_CODE) return null
  let escaped = false
  let dotted = false
  let previous = 0
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    const kind = code < 256 ? CLASSES[code] : REFUSED
    if (kind === REFUSED) return null
    if (kind === PERCENT) escaped = true
    else if (kind === SLASH) {
      if (previous === SLASH_CODE) return null
    } else if (kind === DOT && previous === SLASH_CODE) dotted = true
    previous = code
  }
  const path = escaped ? unescapeUnreserved(raw) : raw
  if (path === null || ((dotted || escaped) && hasDotSegment(path))) return null
  return path
}

function unescapeUnreserved(raw: string): string | null {
  let path = ''
  let last = 0
  for (let at = raw.indexOf('%'); at >= 0; at = raw.indexOf('%', at + 3)) {
    const hex = raw.slice(at + 1, at + 3).toUpperCase()
    if (!/^[0-9A-F]{2}$/.test(hex) || REFUSED_ESCAPES.has(hex)) return null
    const character = String.fromCharCode(parseInt(hex, 16))
    path += raw.slice(last, at) + (UNRESERVED.test(character) ? character : '%' + hex)
    last = at + 3
  }
  return path + raw.slice(last)
}

function hasDotSegment(path: string): boolean {
  for (let start = 1; start <= path.length;) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    const length = end - start
    const isDots =
      (length === 1 && path.charCodeAt(start) === DOT_CODE) ||
      (length === 2 && path.charCodeAt(start) === DOT_CODE && path.charCodeAt(start + 1) === DOT_CODE)
    if (isDots) return true
    start = end + 1
  }
  return false
}
