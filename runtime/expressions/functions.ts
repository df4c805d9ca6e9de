import type { ExpressionFunctions } from '../../schemas/expression.ts'
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts'
import { spend, stepsOf, type Budget } from './budget.ts'
import { isSame, order } from './compare.ts'
import { toBool, toBytes, toDouble, toDuration, toInt, toText, toTimestamp, toUint } from './convert.ts'
import { createLoops } from './loops.ts'
import { itemAt, keyOf, lookUp, mapOfEntries, memberOf, sizeOfMap } from './maps.ts'
import { createPartOf, timeOfMs } from './times.ts'
import { box, isBytes, isJsonMap, isList, isMapOfCel } from './values.ts'

/**
 * What generated expressions call.
 *
 * @param budget What an evaluation may still spend. Changed in place.
 * @see https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
export function createFunctions(budget: Budget): ExpressionFunctions {
  const same = (left: unknown, right: unknown): boolean | undefined => {
    if (left === undefined || right === undefined) return undefined
    if (typeof left === 'string') return left === right
    const isEqual = isSame(left, right, budget)
    return budget.left < 0 ? undefined : isEqual
  }
  return {
    ...LOGIC,
    ...createComparisons(budget),
    ...createConversions(budget),
    ...createLoops(budget),
    ...createTextFunctions(budget),
    add: (left, right) => (spend(budget, weightOf(left) + weightOf(right)) ? add(left, right) : undefined),
    subtract,
    multiply,
    divide,
    modulo,
    negate,
    equal: same,
    notEqual: (left, right) => negated(same(left, right)),
    isIn: (item, range) => isIn(item, range, budget),
    at: itemAt,
    member: memberOf,
    has: (of, name) => (isMapOfCel(of) || isJsonMap(of) ? memberOf(of, name) !== undefined : undefined),
    list: (items) => (items.includes(undefined) ? undefined : items),
    entries: mapOfEntries,
    uint: (value) => box('uint', value),
    bytes: (hex) => new Uint8Array(Buffer.from(hex, 'hex')),
    timeOfMs: (ms) => (typeof ms === 'number' ? timeOfMs(ms) : undefined),
    part: createParts(budget),
  }
}

const LOGIC: Pick<ExpressionFunctions, 'and' | 'or' | 'not' | 'choose'> = {
  // One side that decides is enough: an error on the other does not matter.
  and: (left, right) => {
    if (left === false) return false
    const other = right()
    if (other === false) return false
    return left === true && other === true ? true : undefined
  },
  or: (left, right) => {
    if (left === true) return true
    const other = right()
    if (other === true) return true
    return left === false && other === false ? false : undefined
  },
  not: negated,
  choose: (condition, yes, no) => {
    if (condition === true) return yes()
    return condition === false ? no() : undefined
  },
}

function negated(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? !value : undefined
}

type Comparisons = Pick<ExpressionFunctions, 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual'>

function createComparisons(budget: Budget): Comparisons {
  const compared = (holds: (found: number) => boolean) => {
    return (left: unknown, right: unknown): boolean | undefined => {
      const found = spend(budget, weightOf(left)) ? order(left, right) : undefined
      return found === undefined ? undefined : holds(found)
    }
  }
  return {
    less: compared((found) => found < 0),
    lessOrEqual: compared((found) => found <= 0),
    greater: compared((found) => found > 0),
    greaterOrEqual: compared((found) => found >= 0),
  }
}

type Conversion = 'toInt' | 'toUint' | 'toDouble' | 'toText' | 'toBool' | 'toBytes' | 'toTimestamp' | 'toDuration'

function createConversions(budget: Budget): Pick<ExpressionFunctions, Conversion> {
  const bounded = (convert: (value: unknown) => unknown) => {
    return (value: unknown): unknown => (spend(budget, CONVERSION_STEPS + weightOf(value)) ? convert(value) : undefined)
  }
  return {
    toInt: bounded(toInt),
    toUint: bounded(toUint),
    toDouble: bounded(toDouble),
    toText: bounded(toText),
    toBool: bounded(toBool),
    toBytes: bounded(toBytes),
    toTimestamp: bounded(toTimestamp),
    toDuration: bounded(toDuration),
  }
}

/** Reading text takes longer than a step of a macro, telling the time in a zone much longer. */
const CONVERSION_STEPS = 4
const ZONE_STEPS = 50

function createParts(budget: Budget): ExpressionFunctions['part'] {
  const partOf = createPartOf()
  return (of, part, zone) => (spend(budget, zone === undefined ? 1 : ZONE_STEPS) ? partOf(of, part, zone) : undefined)
}

function isIn(item: unknown, range: unknown, budget: Budget): boolean | undefined {
  if (item === undefined) return undefined
  if (isList(range)) {
    if (!spend(budget, range.length)) return undefined
    const found = typeof item === 'string' ? range.includes(item) : range.some((other) => isSame(item, other, budget))
    return budget.left < 0 ? undefined : found
  }
  if (!isMapOfCel(range) && !isJsonMap(range)) return undefined
  if (keyOf(item) === undefined && typeof item !== 'number') return undefined
  return lookUp(range, item) !== undefined
}

type TextFunctions = Pick<ExpressionFunctions, 'contains' | 'startsWith' | 'endsWith' | 'matches' | 'size'>

function createTextFunctions(budget: Budget): TextFunctions {
  // Those of the config, and no more.
  const patterns = new Map<string, RegExp>()
  const onTexts = (holds: (text: string, part: string) => boolean) => {
    return (text: unknown, part: unknown): boolean | undefined => {
      if (typeof text !== 'string' || typeof part !== 'string' || !spend(budget, stepsOf(text))) return undefined
      return holds(text, part)
    }
  }
  return {
    contains: onTexts((text, part) => text.includes(part)),
    startsWith: onTexts((text, part) => text.startsWith(part)),
    endsWith: onTexts((text, part) => text.endsWith(part)),
    matches: (text, pattern) => {
      if (typeof text !== 'string' || !spend(budget, text.length + 1)) return undefined
      const known = patterns.get(pattern) ?? new RegExp(pattern, 'u')
      patterns.set(pattern, known)
      return known.test(text)
    },
    size: (of) => {
      const size = sizeOf(of, budget)
      return size === undefined ? undefined : BigInt(size)
    },
  }
}

/** Of a text its code points. */
function sizeOf(of: unknown, budget: Budget): number | undefined {
  if (isList(of) || isBytes(of)) return of.length
  if (typeof of !== 'string') return sizeOfMap(of)
  if (!spend(budget, stepsOf(of))) return undefined
  let size = 0
  for (const _ of of) size++
  return size
}

/** The steps that it takes to look at all of a value. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return stepsOf(value)
  return isList(value) || isBytes(value) ? value.length : 1
}
