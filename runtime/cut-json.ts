import { isUtf8 } from 'node:buffer'
import type { FieldFilter, KeepField } from '../schemas/fields-row.ts'
import {
  blankEnd,
  BROKEN,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  decodeString,
  DEPTH_MAX,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  stringEnd,
  valueEnd,
  valueStart,
} from './json-scan.ts'

const KEEP: KeepField = -1
const TOP = 0
/** Fewer bytes than this are moved faster one by one. */
const LOOP_BYTES_MAX = 48
const NOTHING_SHOWN = Buffer.from('null')

/** One text that is being cut. What is kept is moved forward in its own bytes: it never gets longer. */
interface Cut {
  /** One character a byte: names are taken from it. */
  readonly text: string
  readonly bytes: Buffer
  readonly filter: FieldFilter
  readonly held: number
  /** How much of the bytes is what was kept. */
  written: number
}

/**
 * Cuts a JSON text to what a filter lets through. What is kept stays as it was written, byte for byte: numbers, escapes and
 * members that come twice.
 *
 * @param bytes Changed in place.
 * @param held  The caller's scopes as bits.
 * @returns What is left of the bytes, or null when they are not JSON in UTF-8, or nested too deep.
 */
export function cutJson(bytes: Buffer, filter: FieldFilter, held: number): Uint8Array | null {
  if (!isUtf8(bytes)) return null
  const text = bytes.toString('latin1')
  const cut: Cut = { text, bytes, filter, held, written: 0 }
  const start = blankEnd(bytes, 0)
  const code = bytes[start]
  const end =
    code === OPEN_ARRAY
      ? cutArray(cut, start, 0, TOP)
      : code === OPEN_OBJECT
        ? cutObject(cut, start, 0, TOP)
        : valueEnd(bytes, start, 0)
  if (end === BROKEN || blankEnd(bytes, end) !== bytes.length) return null
  // A value without members is none that a path could name.
  return cut.written === 0 ? NOTHING_SHOWN : bytes.subarray(0, cut.written)
}

function cutObject(cut: Cut, start: number, depth: number, place: number): number {
  const { text, bytes } = cut
  let at = openContainer(cut, start, depth)
  if (at === BROKEN) return BROKEN
  let isFirst = true
  if (bytes[at] === CLOSE_OBJECT) return close(cut, at)
  for (;;) {
    const nameEnd = bytes[at] === QUOTE ? stringEnd(bytes, at) : BROKEN
    const value = nameEnd === BROKEN ? BROKEN : valueStart(bytes, nameEnd)
    if (value === BROKEN) return BROKEN
    const inner = cut.filter(place, decodeString(text.slice(at, nameEnd)), cut.held)
    // Asked before anything is moved: the value may be written over.
    const shown = isShown(bytes, value, inner)
    const item = { from: at, start: value, inner, depth, isFirst }
    const end = shown ? takeValue(cut, item) : valueEnd(bytes, value, depth + 1)
    if (end === BROKEN) return BROKEN
    isFirst &&= !shown
    at = blankEnd(bytes, end)
    const code = bytes[at]
    if (code === CLOSE_OBJECT) return close(cut, at)
    if (code !== COMMA) return BROKEN
    at = blankEnd(bytes, at + 1)
  }
}

/** @param place Of the array; one at the top is not one itself: its elements are at the top. */
function cutArray(cut: Cut, start: number, depth: number, place: number): number {
  const { bytes } = cut
  let at = openContainer(cut, start, depth)
  if (at === BROKEN) return BROKEN
  let isFirst = true
  if (bytes[at] === CLOSE_ARRAY) return close(cut, at)
  const inner = depth === 0 ? TOP : cut.filter(place, null, cut.held)
  for (;;) {
    const shown = isShown(bytes, at, inner)
    const item = { from: at, start: at, inner, depth, isFirst }
    const end = shown ? takeValue(cut, item) : valueEnd(bytes, at, depth + 1)
    if (end === BROKEN) return BROKEN
    isFirst &&= !shown
    at = blankEnd(bytes, end)
    const code = bytes[at]
    if (code === CLOSE_ARRAY) return close(cut, at)
    if (code !== COMMA) return BROKEN
    at = blankEnd(bytes, at + 1)
  }
}

/** A member with its name, or an element. */
interface Item {
  readonly from: number
  readonly start: number
  /** What the filter says of it. */
  readonly inner: number
  /** Brackets that are open around it, the one it lies in aside. */
  readonly depth: number
  readonly isFirst: boolean
}

/** Takes over an item that is shown. @returns The position behind it, or BROKEN. */
function takeValue(cut: Cut, { from, start, inner, depth, isFirst }: Item): number {
  const { bytes } = cut
  if (!isFirst) cut.bytes[cut.written++] = COMMA
  if (inner === KEEP) {
    const end = valueEnd(bytes, start, depth + 1)
    if (end !== BROKEN) keep(cut, from, end)
    return end
  }
  const isObject = bytes[start] === OPEN_OBJECT
  keep(cut, from, start)
  return isObject ? cutObject(cut, start, depth + 1, inner) : cutArray(cut, start, depth + 1, inner)
}

/** Only an object or array can be gone into: any other value on the way is not what a path names. */
function isShown(bytes: Uint8Array, start: number, inner: number): boolean {
  if (inner === KEEP) return true
  const code = bytes[start]
  return inner >= 0 && (code === OPEN_OBJECT || code === OPEN_ARRAY)
}

function openContainer(cut: Cut, start: number, depth: number): number {
  if (depth >= DEPTH_MAX) return BROKEN
  keep(cut, start, start + 1)
  return blankEnd(cut.bytes, start + 1)
}

function close(cut: Cut, at: number): number {
  keep(cut, at, at + 1)
  return at + 1
}

function keep(cut: Cut, start: number, end: number): void {
  const { bytes } = cut
  if (end - start > LOOP_BYTES_MAX) bytes.copyWithin(cut.written, start, end)
  else for (let from = start, to = cut.written; from < end; from++, to++) bytes[to] = bytes[from] ?? 0
  cut.written += end - start
}
