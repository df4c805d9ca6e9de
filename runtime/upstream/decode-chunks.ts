import {
  BACKSLASH,
  BYTE_CLASSES,
  CR,
  EQUALS,
  LF,
  QUOTE,
  SEMICOLON,
  SPACE,
  TAB,
  TEXT_BIT,
  TOKEN_BIT,
} from './byte-classes.ts'
import { BROKEN, createFieldScan, MORE, scanFields, scanTrailersNext, type FieldScan } from './scan-fields.ts'

/** Where the decoding of one chunked body stands between two reads. */
export interface ChunkDecoder {
  state: number
  /** Bytes of the chunk that are still to come, or its size as far as it was read. */
  size: number
  sizeDigits: number
  extensionBytes: number
  readonly trailers: FieldScan
  /** What the last call decoded lies there, in the bytes that it was given. */
  pieceStart: number
  pieceEnd: number
}

/** Enough for any size that a number holds exactly. */
const SIZE_DIGITS_MAX = 13
/** Of all chunks together. Nobody needs them. */
const EXTENSION_BYTES_MAX = 16 * 1024

const SIZE = 0
const SIZE_LF = 1
const DATA = 2
const DATA_CR = 3
const DATA_LF = 4
const TRAILERS = 5
// A chunk's extensions (RFC 9112, section 7.1.1), each state named for what came last.
const BLANK = 6
const SEMICOLON_READ = 7
const NAME = 8
const NAME_BLANK = 9
const EQUALS_READ = 10
const VALUE = 11
const QUOTED = 12
const QUOTED_BACKSLASH = 13
const QUOTED_END = 14
const REFUSED = 15

export function createChunkDecoder(): ChunkDecoder {
  return {
    state: SIZE,
    size: 0,
    sizeDigits: 0,
    extensionBytes: 0,
    trailers: createFieldScan(),
    pieceStart: 0,
    pieceEnd: 0,
  }
}

/** Another body begins. */
export function resetChunkDecoder(decoder: ChunkDecoder): void {
  decoder.state = SIZE
  decoder.size = 0
  decoder.sizeDigits = 0
  decoder.extensionBytes = 0
}

/**
 * Decodes what is there. The data of several chunks are moved together, so that a read gives one piece; the bytes between
 * `start` and `end` are lost by that.
 *
 * @returns The position behind the body, MORE or BROKEN.
 */
export function decodeChunks(decoder: ChunkDecoder, bytes: Uint8Array, start: number, end: number): number {
  decoder.pieceStart = start
  decoder.pieceEnd = start
  let at = start
  while (at < end) {
    const state = decoder.state
    if (state === DATA) at = takeData(decoder, bytes, at, end)
    else if (state === TRAILERS) return scanFields(decoder.trailers, bytes, at, end)
    else if (!takeFraming(decoder, state, bytes[at++] ?? 0)) return BROKEN
  }
  return MORE
}

function takeData(decoder: ChunkDecoder, bytes: Uint8Array, at: number, end: number): number {
  const length = Math.min(decoder.size, end - at)
  if (decoder.pieceStart === decoder.pieceEnd) {
    decoder.pieceStart = at
    decoder.pieceEnd = at
  } else {
    bytes.copyWithin(decoder.pieceEnd, at, at + length)
  }
  decoder.pieceEnd += length
  decoder.size -= length
  if (decoder.size === 0) decoder.state = DATA_CR
  return at + length
}

/** @returns False when the byte must not stand there. */
function takeFraming(decoder: ChunkDecoder, state: number, byte: number): boolean {
  if (state === SIZE) return takeSize(decoder, byte)
  if (state === SIZE_LF) return byte === LF && beginChunk(decoder)
  if (state === DATA_CR) {
    decoder.state = DATA_LF
    return byte === CR
  }
  if (state === DATA_LF) {
    decoder.state = SIZE
    decoder.sizeDigits = 0
    return byte === LF
  }
  decoder.extensionBytes++
  decoder.state = afterExtension(state, byte)
  return decoder.state !== REFUSED && decoder.extensionBytes <= EXTENSION_BYTES_MAX
}

function takeSize(decoder: ChunkDecoder, byte: number): boolean {
  const digit = hexDigit(byte)
  if (digit >= 0) {
    decoder.size = decoder.size * 16 + digit
    decoder.sizeDigits++
    return decoder.sizeDigits <= SIZE_DIGITS_MAX
  }
  if (decoder.sizeDigits === 0) return false
  decoder.state = afterWord(byte, BLANK)
  return decoder.state !== REFUSED
}

function beginChunk(decoder: ChunkDecoder): boolean {
  if (decoder.size > 0) {
    decoder.state = DATA
  } else {
    decoder.state = TRAILERS
    scanTrailersNext(decoder.trailers)
  }
  return true
}

function afterExtension(state: number, byte: number): number {
  const bits = BYTE_CLASSES[byte] ?? 0
  const isToken = (bits & TOKEN_BIT) !== 0
  const isBlank = byte === SPACE || byte === TAB
  switch (state) {
    case BLANK:
      // The grammar has space before a semicolon only, not before the line's end.
      return isBlank ? BLANK : byte === SEMICOLON ? SEMICOLON_READ : REFUSED
    case SEMICOLON_READ:
      return isToken ? NAME : isBlank ? SEMICOLON_READ : REFUSED
    case NAME:
      return isToken ? NAME : byte === EQUALS ? EQUALS_READ : afterWord(byte, NAME_BLANK)
    case NAME_BLANK:
      if (byte === EQUALS) return EQUALS_READ
      return isBlank ? NAME_BLANK : byte === SEMICOLON ? SEMICOLON_READ : REFUSED
    case EQUALS_READ:
      if (byte === QUOTE) return QUOTED
      return isToken ? VALUE : isBlank ? EQUALS_READ : REFUSED
    case VALUE:
      return isToken ? VALUE : afterWord(byte, BLANK)
    case QUOTED:
      if (byte === QUOTE) return QUOTED_END
      return byte === BACKSLASH ? QUOTED_BACKSLASH : (bits & TEXT_BIT) !== 0 ? QUOTED : REFUSED
    case QUOTED_BACKSLASH:
      return (bits & TEXT_BIT) !== 0 ? QUOTED : REFUSED
    case QUOTED_END:
      return afterWord(byte, BLANK)
    default:
      return REFUSED
  }
}

/** What may follow a size, a name or a value. */
function afterWord(byte: number, blank: number): number {
  if (byte === CR) return SIZE_LF
  if (byte === SEMICOLON) return SEMICOLON_READ
  return byte === SPACE || byte === TAB ? blank : REFUSED
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
