import { spend, type Budget } from './budget.ts'
import { membersOf, sizeOfMap, lookUp } from './maps.ts'
import { boxKindOf, isBoxed, isBytes, isJsonMap, isList, isMapOfCel, numberOf } from './values.ts'

/**
 * Below 0, 0 or above 0; NaN where neither comes first, and undefined where the two cannot be compared.
 */
export function order(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  if (isBytes(left) && isBytes(right)) return Buffer.compare(left, right)
  const kind = boxKindOf(left)
  if (kind !== null && kind !== 'uint') return kind === boxKindOf(right) ? orderOfTimes(left, right) : undefined
  const a = numberOf(left)
  const b = numberOf(right)
  return a === undefined || b === undefined ? undefined : orderOfNumbers(a, b)
}

function orderOfTimes(left: unknown, right: unknown): number {
  return isBoxed(left) && isBoxed(right) ? orderOfNumbers(left.value, right.value) : NaN
}

/** A double is compared as doubles are: a whole number beside it is rounded. */
function orderOfNumbers(left: bigint | number, right: bigint | number): number {
  const a = typeof right === 'number' ? Number(left) : left
  const b = typeof left === 'number' ? Number(right) : right
  if (a < b) return -1
  if (a > b) return 1
  return a == b ? 0 : NaN
}

const SURROGATE_MIN = 0xd800
const SURROGATE_MAX = 0xdfff

/** By code points; JavaScript's own order puts those beyond the basic plane before some within it. */
function orderOfTexts(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a !== b) return rankOfUnit(a) - rankOfUnit(b)
  }
  return left.length - right.length
}

/** Half of a character beyond the basic plane comes after all that lie within it. */
function rankOfUnit(unit: number): number {
  return unit >= SURROGATE_MIN && unit <= SURROGATE_MAX ? unit + 0x10000 : unit
}

/** Deeper values are not looked into: they would exhaust the stack. */
const DEPTH_MAX = 100

/**
 * True when two values are equal: numbers by value, whatever their type; lists and maps by what they hold. False also when
 * the budget does not suffice, which then has nothing left.
 */
export function isSame(left: unknown, right: unknown, budget: Budget, depth = 0): boolean {
  // Most of what is compared is text.
  if (typeof left === 'string' || typeof left === 'boolean' || left === null) return left === right
  const a = numberOf(left)
  const b = numberOf(right)
  // Exact between a bigint and a number.
  if (a !== undefined && b !== undefined) return a == b
  if (isList(left)) return isList(right) && isSameList(left, right, budget, depth)
  if (isBytes(left)) return isBytes(right) && Buffer.compare(left, right) === 0
  if (isBoxed(left)) return isBoxed(right) && boxKindOf(left) === boxKindOf(right) && left.value === right.value
  if (isMapOfCel(left) || isJsonMap(left)) return isSameMap(left, right, budget, depth)
  return false
}

function isSameList(left: readonly unknown[], right: readonly unknown[], budget: Budget, depth: number): boolean {
  if (left.length !== right.length || !spend(budget, costOf(left.length, depth))) return false
  return left.every((item, i) => isSame(item, right[i], budget, depth + 1))
}

/** Of a look at so many members at a depth. */
function costOf(size: number, depth: number): number {
  return depth < DEPTH_MAX ? size : Infinity
}

function isSameMap(left: unknown, right: unknown, budget: Budget, depth: number): boolean {
  const size = sizeOfMap(left)
  if (size === undefined || size !== sizeOfMap(right) || !spend(budget, costOf(size, depth))) return false
  return (membersOf(left) ?? []).every((key) => {
    const value = lookUp(right, key)
    return value !== undefined && isSame(lookUp(left, key), value, budget, depth + 1)
  })
}
