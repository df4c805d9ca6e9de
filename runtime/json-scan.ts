/** Stands for a text that is not JSON. */
export const BROKEN = -1
/** Brackets that may be open at a time. */
export const DEPTH_MAX = 64

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const OPEN_ARRAY = 0x5b
export const CLOSE_ARRAY = 0x5d

/** What stands behind the last byte: no byte of JSON. */
const END = 0
const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const SPACE = 0x20
const EXPONENT = 0x65
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'))
const UNICODE_ESCAPE = 0x75
const HEX_DIGITS = 4
const WORDS = ['true', 'false', 'null']

/**
 * Finds the end of a JSON value (RFC 8259). Nothing is decoded: what is not looked at is passed over as it is.
 *
 * @param bytes UTF-8.
 * @param depth Brackets that are open around it.
 * @returns The position behind it, or BROKEN.
 */
export function valueEnd(bytes: Uint8Array, start: number, depth: number): number {
  const code = bytes[start] ?? END
  if (code === QUOTE) return stringEnd(bytes, start)
  if (code === OPEN_OBJECT) return containerEnd(bytes, start, depth, CLOSE_OBJECT)
  if (code === OPEN_ARRAY) return containerEnd(bytes, start, depth, CLOSE_ARRAY)
  if (code === MINUS || isDigit(code)) return numberEnd(bytes, start)
  const word = WORDS.find((candidate) => isWord(bytes, start, candidate))
  return word === undefined ? BROKEN : start + word.length
}

function containerEnd(bytes: Uint8Array, start: number, depth: number, close: number): number {
  if (depth >= DEPTH_MAX) return BROKEN
  let at = blankEnd(bytes, start + 1)
  if ((bytes[at] ?? END) === close) return at + 1
  for (;;) {
    if (close === CLOSE_OBJECT) {
      at = nameEnd(bytes, at)
      if (at === BROKEN) return BROKEN
    }
    const end = valueEnd(bytes, at, depth + 1)
    if (end === BROKEN) return BROKEN
    at = blankEnd(bytes, end)
    const code = bytes[at] ?? END
    if (code === close) return at + 1
    if (code !== COMMA) return BROKEN
    at = blankEnd(bytes, at + 1)
  }
}

/** The position of the value behind a name that begins at `start`, or BROKEN. */
function nameEnd(bytes: Uint8Array, start: number): number {
  const end = (bytes[start] ?? END) === QUOTE ? stringEnd(bytes, start) : BROKEN
  return end === BROKEN ? BROKEN : valueStart(bytes, end)
}

/** The position of the value behind a name that ends at `end`, or BROKEN. */
export function valueStart(bytes: Uint8Array, end: number): number {
  const colon = blankEnd(bytes, end)
  return (bytes[colon] ?? END) === COLON ? blankEnd(bytes, colon + 1) : BROKEN
}

/** The position behind the string that begins at `start`, or BROKEN. */
export function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1
  for (;;) {
    const code = bytes[at] ?? END
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) {
      const escaped = bytes[at + 1] ?? END
      if (ESCAPED.has(escaped)) at += 2
      else if (escaped === UNICODE_ESCAPE && isHex(bytes, at + 2)) at += 6
      else return BROKEN
      // A control character, or the end.
    } else if (code >= SPACE) at++
    else return BROKEN
  }
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let at = (bytes[start] ?? END) === MINUS ? start + 1 : start
  const whole = (bytes[at] ?? END) === ZERO ? at + 1 : digitsEnd(bytes, at)
  if (whole === at) return BROKEN
  at = whole
  if ((bytes[at] ?? END) === POINT) {
    const end = digitsEnd(bytes, at + 1)
    if (end === at + 1) return BROKEN
    at = end
  }
  // Either case of "e".
  if (((bytes[at] ?? END) | 0x20) !== EXPONENT) return at
  const sign = bytes[at + 1] ?? END
  const digits = sign === PLUS || sign === MINUS ? at + 2 : at + 1
  const end = digitsEnd(bytes, digits)
  return end === digits ? BROKEN : end
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (isDigit(bytes[at] ?? END)) at++
  return at
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

function isWord(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false
  return true
}

function isHex(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < start + HEX_DIGITS; at++) {
    const code = bytes[at] ?? END
    // Either case.
    const letter = code | 0x20
    if (!isDigit(code) && (letter < 0x61 || letter > 0x66)) return false
  }
  return true
}

/** The position of the first byte from `start` on that is not blank. */
export function blankEnd(bytes: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const code = bytes[at] ?? END
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** What a string says. @param quoted A JSON string with its quotes, one character a byte of UTF-8. */
export function decodeString(quoted: string): string {
  const inner = quoted.slice(1, -1)
  if (isPlain(inner)) return inner
  // Safe: a JSON string parses to a string.
  return JSON.parse(Buffer.from(quoted, 'latin1').toString('utf8')) as string
}

/** True for ASCII without an escape: most names are. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH || code > 0x7f) return false
  }
  return true
}
