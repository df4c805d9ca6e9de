/**
 * Values of CEL as they are held here: int is a bigint, double a number, a list an array, a map a Map or an object of JSON,
 * bytes a Uint8Array; bool, string and null are themselves. What JavaScript has nothing for is boxed. `undefined` is an error.
 */
const BOX = Symbol('box')

export type BoxKind = 'uint' | 'timestamp' | 'duration'

/** A uint, or nanoseconds: since 1970 UTC, or of a duration. No JSON is taken for one: its names are never symbols. */
export interface Boxed {
  readonly [BOX]: BoxKind
  readonly value: bigint
}

export type JsonMap = Readonly<Record<string, unknown>>

const INT_MIN = -(2n ** 63n)
const INT_MAX = 2n ** 63n - 1n
const UINT_MAX = 2n ** 64n - 1n
export const NS_PER_SECOND = 1_000_000_000n
/** The years 1 to 9999. */
const TIMESTAMP_MIN_NS = -62_135_596_800n * NS_PER_SECOND
const TIMESTAMP_MAX_NS = 253_402_300_800n * NS_PER_SECOND - 1n

export function box(kind: BoxKind, value: bigint): Boxed {
  return { [BOX]: kind, value }
}

/** A number as an int, or an error when it overflows. */
export function toIntRange(value: bigint): bigint | undefined {
  return value >= INT_MIN && value <= INT_MAX ? value : undefined
}

/** Boxed, or an error when it is out of range. */
export function boxInRange(kind: BoxKind, value: bigint): Boxed | undefined {
  const [min, max] = RANGES[kind]
  return value >= min && value <= max ? box(kind, value) : undefined
}

const RANGES: Readonly<Record<BoxKind, readonly [min: bigint, max: bigint]>> = {
  uint: [0n, UINT_MAX],
  timestamp: [TIMESTAMP_MIN_NS, TIMESTAMP_MAX_NS],
  // Of nanoseconds, as an int holds them.
  duration: [INT_MIN, INT_MAX],
}

export function isBoxed(value: unknown): value is Boxed {
  return typeof value === 'object' && value !== null && BOX in value
}

/** What is boxed, or null. */
export function boxKindOf(value: unknown): BoxKind | null {
  return isBoxed(value) ? value[BOX] : null
}

/** The value of an int or a uint; undefined for anything else. */
export function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return isBoxed(value) && value[BOX] === 'uint' ? value.value : undefined
}

/** The value of a number of any type; undefined for anything else. */
export function numberOf(value: unknown): bigint | number | undefined {
  return typeof value === 'number' ? value : wholeOf(value)
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

export function isMapOfCel(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map
}

/** An object of JSON, which is a map with names for keys. */
export function isJsonMap(value: unknown): value is JsonMap {
  if (typeof value !== 'object' || value === null) return false
  return !isList(value) && !isMapOfCel(value) && !isBytes(value) && !isBoxed(value)
}
