import { BYTE_CLASSES, COLON, CR, LF, SPACE, TEXT_BIT, TOKEN_BIT } from './byte-classes.ts'

/** Where a scan stands between two reads. */
export interface FieldScan {
  /** While below TEXT: bytes of the status line that were there. */
  state: number
  bytes: number
  lines: number
  /** What classes the bytes of its texts had, all together. */
  classes: number
}

/** The section goes on behind the bytes that are there. */
export const MORE = -1
/** The bytes are not what the grammar asks for, or there are too many. */
export const BROKEN = -2

export const SECTION_BYTES_MAX = 32 * 1024
export const SECTION_LINES_MAX = 128

/** The least and the most that each byte of a status line may be, up to the status. */
const STATUS_LINE_FROM = Buffer.from('HTTP/1.0 100')
const STATUS_LINE_TO = Buffer.from('HTTP/1.1 599')
const STATUS_READ = STATUS_LINE_FROM.length
const TEXT = STATUS_READ + 1
const TEXT_LF = TEXT + 1
const LINE = TEXT + 2
const NAME = TEXT + 3
const END_LF = TEXT + 4

export function createFieldScan(): FieldScan {
  return { state: 0, bytes: 0, lines: 0, classes: 0 }
}

/** A whole head: a status line, then fields. */
export function scanHeadNext(scan: FieldScan): void {
  scan.state = 0
  scan.bytes = 0
  scan.lines = 0
  scan.classes = 0
}

/** Fields only. */
export function scanTrailersNext(scan: FieldScan): void {
  scan.state = LINE
  scan.bytes = 0
  scan.lines = 0
}

/**
 * Looks for the empty line that ends a section of fields, over any number of calls. Refuses, at the first such byte, what is
 * no status line at first, a line without CR LF, a control character, a name that is no token or is followed by a space,
 * a folded line, and a section above the limits. What passed needs no further check of its grammar.
 *
 * @returns The position behind the section, MORE or BROKEN.
 */
export function scanFields(scan: FieldScan, bytes: Uint8Array, start: number, end: number): number {
  let { state, classes } = scan
  let at = start
  while (at < end) {
    const byte = bytes[at++] ?? 0
    if (state === TEXT) {
      const ofByte = BYTE_CLASSES[byte] ?? 0
      classes |= ofByte
      if ((ofByte & TEXT_BIT) !== 0) continue
      if (byte !== CR) return BROKEN
      state = TEXT_LF
    } else if (state === NAME) {
      if (((BYTE_CLASSES[byte] ?? 0) & TOKEN_BIT) !== 0) continue
      if (byte !== COLON) return BROKEN
      state = TEXT
    } else if (state === LINE) {
      if (byte === CR) state = END_LF
      else if (((BYTE_CLASSES[byte] ?? 0) & TOKEN_BIT) !== 0) state = NAME
      else return BROKEN
    } else if (state < STATUS_READ) {
      if (byte < (STATUS_LINE_FROM[state] ?? 0) || byte > (STATUS_LINE_TO[state] ?? 0)) return BROKEN
      state++
    } else if (state === STATUS_READ) {
      // A space and the reason, which may be empty; some leave out the space then.
      if (byte === SPACE) state = TEXT
      else if (byte === CR) state = TEXT_LF
      else return BROKEN
    } else {
      if (byte !== LF) return BROKEN
      if (state === END_LF) {
        scan.classes = classes
        return isTooLarge(scan, at - start) ? BROKEN : at
      }
      scan.lines++
      state = LINE
    }
  }
  scan.state = state
  scan.classes = classes
  return isTooLarge(scan, end - start) ? BROKEN : MORE
}

function isTooLarge(scan: FieldScan, bytes: number): boolean {
  scan.bytes += bytes
  return scan.bytes > SECTION_BYTES_MAX || scan.lines > SECTION_LINES_MAX
}
