/** A few lines of a file that stand for others. */
export interface Replacement {
  /** Under the project's root. */
  readonly file: string
  /** Must stand in the file exactly once. */
  readonly from: string
  readonly to: string
}

/** Replacements of a mutant, as JSON: they are in all of the runtime that its tests import or build. */
export const MUTANT_VARIABLE = 'KEYSMITH_TEST_MUTANT'

/** Of the mutant whose tests run here; none where they run without one. */
export function ofMutant(): readonly Replacement[] {
  const json = process.env[MUTANT_VARIABLE]
  // Safe: the mutants' runner writes it, and nobody else.
  return json === undefined ? [] : (JSON.parse(json) as Replacement[])
}

/** @throws When the lines to be replaced do not stand in the text exactly once. */
export function replaceOnce(text: string, { file, from, to }: Replacement): string {
  const pieces = text.split(from)
  if (pieces.length !== 2) throw new Error(`${file}: these lines stand there ${pieces.length - 1} times:\n${from}`)
  return pieces.join(to)
}
