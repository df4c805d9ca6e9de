import { isUtf8 } from 'node:buffer'
import { durationText, parseDuration, parseTime, secondsOf, timeText } from './times.ts'
import { boxInRange, boxKindOf, isBoxed, isBytes, NS_PER_SECOND, toIntRange, wholeOf } from './values.ts'

/** The doubles next to the ends of an int are beyond them. */
const INT_AS_DOUBLE_MAX = 2 ** 63
const INT_TEXT = /^[+-]?\d+$/
const UINT_TEXT = /^\d+$/
const DOUBLE_TEXT = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Infinity)$/
/** More digits than any number in range has, leading zeros aside. */
const NUMBER_CHARACTERS_MAX = 400

const BOOLS = new Map([
  ...['true', 'True', 'TRUE', 't', '1'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE', 'f', '0'].map((text) => [text, false] as const),
])

export function toInt(value: unknown): unknown {
  if (typeof value === 'number') {
    return Math.abs(value) < INT_AS_DOUBLE_MAX ? BigInt(Math.trunc(value)) : undefined
  }
  if (typeof value === 'string') return isNumber(value, INT_TEXT) ? toIntRange(BigInt(value)) : undefined
  const kind = boxKindOf(value)
  if (isBoxed(value) && (kind === 'timestamp' || kind === 'duration')) return secondsOf(value, kind)
  const whole = wholeOf(value)
  return whole === undefined ? undefined : toIntRange(whole)
}

export function toUint(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isFinite(value) && value >= 0 ? boxInRange('uint', BigInt(Math.trunc(value))) : undefined
  }
  if (typeof value === 'string') return isNumber(value, UINT_TEXT) ? boxInRange('uint', BigInt(value)) : undefined
  const whole = wholeOf(value)
  return whole === undefined ? undefined : boxInRange('uint', whole)
}

export function toDouble(value: unknown): unknown {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return isNumber(value, DOUBLE_TEXT) ? Number(value) : undefined
  const whole = wholeOf(value)
  return whole === undefined ? undefined : Number(whole)
}

function isNumber(text: string, form: RegExp): boolean {
  return text.length <= NUMBER_CHARACTERS_MAX && form.test(text)
}

export function toText(value: unknown): unknown {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isBytes(value)) return isUtf8(value) ? Buffer.from(value).toString() : undefined
  const whole = wholeOf(value)
  if (whole !== undefined) return String(whole)
  if (!isBoxed(value)) return undefined
  return boxKindOf(value) === 'timestamp' ? timeText(value) : durationText(value)
}

export function toBool(value: unknown): unknown {
  if (typeof value === 'boolean') return value
  return typeof value === 'string' ? BOOLS.get(value) : undefined
}

export function toBytes(value: unknown): unknown {
  if (isBytes(value)) return value
  return typeof value === 'string' ? new TextEncoder().encode(value) : undefined
}

/** Of text, or of whole seconds since 1970 UTC. */
export function toTimestamp(value: unknown): unknown {
  if (boxKindOf(value) === 'timestamp') return value
  if (typeof value === 'bigint') return boxInRange('timestamp', value * NS_PER_SECOND)
  return typeof value === 'string' ? parseTime(value) : undefined
}

export function toDuration(value: unknown): unknown {
  if (boxKindOf(value) === 'duration') return value
  return typeof value === 'string' ? parseDuration(value) : undefined
}
