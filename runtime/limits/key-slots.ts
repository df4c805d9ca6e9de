import { findText, indexTexts, textAt, type TextColumn } from '../keys/text-column.ts'

/**
 * Numbers the keys that there ever were, by their ids. It keeps the ids of the last table as the bytes that they are; only of
 * keys that went it keeps texts.
 */
export interface KeySlots {
  /** Changes nothing yet. */
  readonly find: (ids: TextColumn) => FoundSlots
  readonly keep: (found: FoundSlots) => void
}

export interface FoundSlots {
  readonly ids: TextColumn
  /** By position, over memory that threads share. */
  readonly slots: Int32Array
  /** How many numbers are given away then. */
  readonly size: number
}

const BYTES_PER_SLOT = 4
const NOT_KNOWN = -1

export function createKeySlots(): KeySlots {
  let last: FoundSlots = {
    ids: { bytes: new Uint8Array(0), ends: new Uint32Array(0) },
    slots: new Int32Array(0),
    size: 0,
  }
  const gone = new Map<string, number>()

  return {
    find: (ids) => {
      if (isSame(ids, last.ids)) return { ...last, ids }
      const slots = new Int32Array(new SharedArrayBuffer(ids.ends.length * BYTES_PER_SLOT))
      const known = last.slots.length === 0 ? null : indexTexts(last.ids)
      let { size } = last
      for (let position = 0; position < slots.length; position++) {
        const before = known === null ? NOT_KNOWN : findText(known, ids, position)
        const slot = before >= 0 ? last.slots[before] : gone.size === 0 ? undefined : gone.get(textAt(ids, position))
        slots[position] = slot ?? size++
      }
      return { ids, slots, size }
    },
    keep: (found) => {
      if (found.slots === last.slots) return
      if (last.slots.length > 0) keepGone(last, found, gone)
      last = found
    },
  }
}

function keepGone(last: FoundSlots, { slots }: FoundSlots, gone: Map<string, number>): void {
  const isStill = new Uint8Array(last.size)
  for (const slot of slots) if (slot < last.size) isStill[slot] = 1
  for (const [id, slot] of gone) if (isStill[slot] === 1) gone.delete(id)
  for (const [position, slot] of last.slots.entries()) {
    if (isStill[slot] === 0) gone.set(textAt(last.ids, position), slot)
  }
}

function isSame(one: TextColumn, other: TextColumn): boolean {
  if (one.ends.length !== other.ends.length || one.bytes.length !== other.bytes.length) return false
  return Buffer.compare(one.bytes, other.bytes) === 0 && one.ends.every((end, i) => end === other.ends[i])
}
