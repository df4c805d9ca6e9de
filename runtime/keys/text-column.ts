/** Many short texts as bytes, which threads may share. */
export interface TextColumn {
  /** One after the other, in UTF-8. */
  readonly bytes: Uint8Array
  /** By position, where each ends. */
  readonly ends: Uint32Array
}

/** Texts by their positions, in open addressing; for a while, since it is as large as the ends are. */
export interface TextIndex {
  readonly column: TextColumn
  /** By slot a position, or -1. Their number is a power of two. */
  readonly slots: Int32Array
}

const EMPTY = -1
/** FNV-1a, of 32 bits. */
const HASH_START = 0x811c9dc5
const HASH_FACTOR = 0x01000193

export function textColumn(texts: readonly string[]): TextColumn {
  const ends = new Uint32Array(texts.length)
  let end = 0
  for (const [i, text] of texts.entries()) ends[i] = end += Buffer.byteLength(text)
  return { bytes: Buffer.from(texts.join('')), ends }
}

/** @throws When there is none at the position. */
export function textAt({ bytes, ends }: TextColumn, position: number): string {
  const end = ends[position]
  if (end === undefined) throw new RangeError(`there is no text ${position} where one is named`)
  let text = ''
  for (let i = startOf(ends, position); i < end; i++) {
    const byte = bytes[i] ?? 0
    if (byte >= 0x80) return Buffer.from(bytes.slice(startOf(ends, position), end)).toString()
    text += String.fromCharCode(byte)
  }
  return text
}

/** Where a text comes twice, the first is found. */
export function indexTexts(column: TextColumn): TextIndex {
  const count = column.ends.length
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 2)))).fill(EMPTY)
  const index = { column, slots }
  for (let position = 0; position < count; position++) {
    const slot = slotOf(index, column, position)
    if (slots[slot] === EMPTY) slots[slot] = position
  }
  return index
}

/** The position in the index of a text that stands in another column, or -1. */
export function findText(index: TextIndex, other: TextColumn, position: number): number {
  return index.slots[slotOf(index, other, position)] ?? EMPTY
}

/** The slot that holds the text, or the empty one where it would stand. */
function slotOf({ column, slots }: TextIndex, other: TextColumn, position: number): number {
  const mask = slots.length - 1
  let slot = hashOf(other, position) & mask
  for (let held = slots[slot] ?? EMPTY; held !== EMPTY; held = slots[slot] ?? EMPTY) {
    if (isSame(column, held, other, position)) return slot
    slot = (slot + 1) & mask
  }
  return slot
}

function hashOf({ bytes, ends }: TextColumn, position: number): number {
  const end = ends[position] ?? 0
  let hash = HASH_START
  for (let i = startOf(ends, position); i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_FACTOR)
  return hash ^ (hash >>> 15)
}

function isSame(one: TextColumn, i: number, other: TextColumn, j: number): boolean {
  const from = startOf(one.ends, i)
  const otherFrom = startOf(other.ends, j)
  const length = (one.ends[i] ?? 0) - from
  if (length !== (other.ends[j] ?? 0) - otherFrom) return false
  for (let k = 0; k < length; k++) if (one.bytes[from + k] !== other.bytes[otherFrom + k]) return false
  return true
}

function startOf(ends: Uint32Array, position: number): number {
  return position === 0 ? 0 : (ends[position - 1] ?? 0)
}
