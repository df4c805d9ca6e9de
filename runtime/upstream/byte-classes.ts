export const CR = 0x0d
export const LF = 0x0a
export const TAB = 0x09
export const SPACE = 0x20
export const QUOTE = 0x22
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const EQUALS = 0x3d
export const BACKSLASH = 0x5c
const DELETE = 0x7f

/** What a byte may be part of, as bits. */
export const TOKEN_BIT = 1
/** Of a field's value, and of what follows a backslash in quotes: tab, space, visible ASCII, and bytes above it. */
export const TEXT_BIT = 2
/** Above ASCII. */
export const HIGH_BIT = 4

/** @see RFC 9110, sections 5.5 and 5.6.2 */
export const BYTE_CLASSES: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isText = byte === TAB || (byte >= SPACE && byte !== DELETE)
  const isToken = /^[\w!#$%&'*+\-.^`|~]$/.test(String.fromCharCode(byte))
  return (isText ? TEXT_BIT : 0) | (isToken ? TOKEN_BIT : 0) | (byte > DELETE ? HIGH_BIT : 0)
})
