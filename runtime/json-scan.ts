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

const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const SPACE = 0x20
const EXPONENT = 0x65
const ESCAPED = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)))
const UNICODE_ESCAPE = 0x75
const HEX = /^[0-9A-Fa-f]{4}$/
const WORDS = ['true', 'false', 'null']

/**
 * Finds the end of a JSON value (RFC 8259). Nothing is decoded: what is not looked at is passed over as it is.
 *
 * @param text  One character a byte.
 * @param depth Brackets that are open around it.
 * @returns The position behind it, or BROKEN.
 */
export function valueEnd(text: string, start: number, depth: number): number {
  const code = text.charCodeAt(start)
  if (code === QUOTE) return stringEnd(text, start)
  if (code === OPEN_OBJECT) return containerEnd(text, start, depth, CLOSE_OBJECT)
  if (code === OPEN_ARRAY) return containerEnd(text, start, depth, CLOSE_ARRAY)
  if (code === MINUS || isDigit(code)) return numberEnd(text, start)
  const word = WORDS.find((candidate) => text.startsWith(candidate, start))
  return word === undefined ? BROKEN : start + word.length
}

function containerEnd(text: string, start: number, depth: number, close: number): number {
  if (depth >= DEPTH_MAX) return BROKEN
  let at = blankEnd(text, start + 1)
  if (text.charCodeAt(at) === close) return at + 1
  for (;;) {
    if (close === CLOSE_OBJECT) {
      at = nameEnd(text, at)
      if (at === BROKEN) return BROKEN
    }
    const end = valueEnd(text, at, depth + 1)
    if (end === BROKEN) return BROKEN
    at = blankEnd(text, end)
    const code = text.charCodeAt(at)
    if (code === close) return at + 1
    if (code !== COMMA) return BROKEN
    at = blankEnd(text, at + 1)
  }
}

/** The position of the value behind a name that begins at `start`, or BROKEN. */
function nameEnd(text: string, start: number): number {
  const end = text.charCodeAt(start) === QUOTE ? stringEnd(text, start) : BROKEN
  return end === BROKEN ? BROKEN : valueStart(text, end)
}

/** The position of the value behind a name that ends at `end`, or BROKEN. */
export function valueStart(text: string, end: number): number {
  const colon = blankEnd(text, end)
  return text.charCodeAt(colon) === COLON ? blankEnd(text, colon + 1) : BROKEN
}

/** The position behind the string that begins at `start`, or BROKEN. */
export function stringEnd(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) {
      const escaped = text.charCodeAt(at + 1)
      if (ESCAPED.has(escaped)) at += 2
      else if (escaped === UNICODE_ESCAPE && HEX.test(text.slice(at + 2, at + 6))) at += 6
      else return BROKEN
      // A control character, or no character any more.
    } else if (code >= SPACE) at++
    else return BROKEN
  }
}

function numberEnd(text: string, start: number): number {
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start
  const whole = text.charCodeAt(at) === ZERO ? at + 1 : digitsEnd(text, at)
  if (whole === at) return BROKEN
  at = whole
  if (text.charCodeAt(at) === POINT) {
    const end = digitsEnd(text, at + 1)
    if (end === at + 1) return BROKEN
    at = end
  }
  // Either case of "e".
  if ((text.charCodeAt(at) | 0x20) !== EXPONENT) return at
  const sign = text.charCodeAt(at + 1)
  const digits = sign === PLUS || sign === MINUS ? at + 2 : at + 1
  const end = digitsEnd(text, digits)
  return end === digits ? BROKEN : end
}

function digitsEnd(text: string, start: number): number {
  let at = start
  while (isDigit(text.charCodeAt(at))) at++
  return at
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

/** The position of the first character from `start` on that is not blank. */
export function blankEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
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
