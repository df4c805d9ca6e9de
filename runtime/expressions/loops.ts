import type { ExpressionFunctions } from '../../schemas/expression.ts'
import { spend, type Budget } from './budget.ts'
import { membersOf } from './maps.ts'

type Loops = Pick<ExpressionFunctions, 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'mapWhere'>

/** CEL's macros. An error in one step decides nothing where another step decides. */
export function createLoops(budget: Budget): Loops {
  return {
    all: (range, each) => decide(budget, range, each, false),
    exists: (range, each) => decide(budget, range, each, true),
    existsOne: (range, each) => {
      const found = collect(budget, range, each, () => true)
      return found === undefined ? undefined : found.length === 1
    },
    map: (range, each) => collect(budget, range, () => true, each),
    filter: (range, each) => collect(budget, range, each, (item) => item),
    mapWhere: (range, where, each) => collect(budget, range, where, each),
  }
}

type OfEach = (item: unknown) => unknown

/** Looks for a step that gives `deciding`. */
function decide(budget: Budget, range: unknown, each: OfEach, deciding: boolean): boolean | undefined {
  const items = membersOf(range)
  if (items === undefined) return undefined
  let isError = false
  for (const item of items) {
    if (!spend(budget, 1)) return undefined
    const found = each(item)
    if (found === deciding) return deciding
    if (found !== !deciding) isError = true
  }
  return isError ? undefined : !deciding
}

/** What is made of the items for which a condition holds. */
function collect(budget: Budget, range: unknown, where: OfEach, each: OfEach): unknown[] | undefined {
  const items = membersOf(range)
  if (items === undefined) return undefined
  const made: unknown[] = []
  for (const item of items) {
    if (!spend(budget, 1)) return undefined
    const holds = where(item)
    if (typeof holds !== 'boolean') return undefined
    if (!holds) continue
    const value = each(item)
    if (value === undefined) return undefined
    made.push(value)
  }
  return made
}
