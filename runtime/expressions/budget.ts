/**
 * The steps that one evaluation may take: what callers send is bounded, and a macro inside a macro takes the square of it.
 */
export interface Budget {
  left: number
}

/** About a millisecond. */
export const STEPS_MAX = 100_000
/** Of a text: looking through it is much quicker than a step of a macro. */
const CHARACTERS_PER_STEP = 32

/** Takes steps from a budget; false when there are none left. */
export function spend(budget: Budget, steps: number): boolean {
  budget.left -= steps
  return budget.left >= 0
}

/** As `spend`, for work that grows with a text. */
export function spendOn(budget: Budget, text: string): boolean {
  return spend(budget, 1 + Math.floor(text.length / CHARACTERS_PER_STEP))
}
