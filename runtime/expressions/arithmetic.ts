import { boxInRange, boxKindOf, isBoxed, isBytes, isList, toIntRange, type Boxed } from './values.ts'

type Whole = (left: bigint, right: bigint) => bigint | undefined
type Double = (left: number, right: number) => number

const SUM: Whole = (left, right) => left + right
const DIFFERENCE: Whole = (left, right) => left - right
const PRODUCT: Whole = (left, right) => left * right
const QUOTIENT: Whole = (left, right) => (right === 0n ? undefined : left / right)
const REMAINDER: Whole = (left, right) => (right === 0n ? undefined : left % right)

/** Numbers, texts, lists, bytes and times. */
export function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (isList(left) && isList(right)) return [...left, ...right]
  if (isBytes(left) && isBytes(right)) return new Uint8Array(Buffer.concat([left, right]))
  if (boxKindOf(left) === 'timestamp' || boxKindOf(right) === 'timestamp') return addToTime(left, right)
  return onNumbers(left, right, SUM, (a, b) => a + b, ['uint', 'duration'])
}

export function subtract(left: unknown, right: unknown): unknown {
  if (boxKindOf(left) === 'timestamp') return subtractFromTime(left, right)
  return onNumbers(left, right, DIFFERENCE, (a, b) => a - b, ['uint', 'duration'])
}

export function multiply(left: unknown, right: unknown): unknown {
  return onNumbers(left, right, PRODUCT, (a, b) => a * b)
}

export function divide(left: unknown, right: unknown): unknown {
  return onNumbers(left, right, QUOTIENT, (a, b) => a / b)
}

export function modulo(left: unknown, right: unknown): unknown {
  return onNumbers(left, right, REMAINDER, null)
}

export function negate(value: unknown): unknown {
  if (typeof value === 'number') return -value
  return typeof value === 'bigint' ? toIntRange(-value) : undefined
}

/** Both of one type; what overflows it is an error. */
function onNumbers(
  left: unknown,
  right: unknown,
  whole: Whole,
  double: Double | null,
  boxes: readonly string[] = ['uint'],
): unknown {
  if (typeof left === 'bigint' && typeof right === 'bigint') return inRange(whole(left, right), toIntRange)
  if (typeof left === 'number' && typeof right === 'number') return double === null ? undefined : double(left, right)
  const kind = boxKindOf(left)
  if (kind === null || kind !== boxKindOf(right) || !boxes.includes(kind)) return undefined
  return inRange(whole(valueOf(left), valueOf(right)), (value) => boxInRange(kind, value))
}

function inRange(value: bigint | undefined, check: (value: bigint) => unknown): unknown {
  return value === undefined ? undefined : check(value)
}

function addToTime(left: unknown, right: unknown): Boxed | undefined {
  const kinds = `${boxKindOf(left)} ${boxKindOf(right)}`
  if (kinds !== 'timestamp duration' && kinds !== 'duration timestamp') return undefined
  return boxInRange('timestamp', valueOf(left) + valueOf(right))
}

function subtractFromTime(left: unknown, right: unknown): Boxed | undefined {
  const kind = boxKindOf(right)
  if (kind !== 'timestamp' && kind !== 'duration') return undefined
  return boxInRange(kind === 'timestamp' ? 'duration' : 'timestamp', valueOf(left) - valueOf(right))
}

function valueOf(boxed: unknown): bigint {
  return isBoxed(boxed) ? boxed.value : 0n
}
