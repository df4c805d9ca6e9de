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

/** The steps that work which grows with a text takes. */
export function stepsOf(text: string): number {
  return 1 + Math.floor(text.length / CHARACTERS_PER_STEP)
}
