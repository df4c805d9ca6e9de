import { distance } from 'fastest-levenshtein'

/** More edits than this, or than a third of the word, is another word. */
const EDITS_MAX = 3

/**
 * The name that was most likely meant, or undefined. The nearest by edit distance; among equals one as long as the word (a
 * letter exchanged is likelier than one too many), else the first.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const max = Math.min(EDITS_MAX, Math.max(1, Math.floor(word.length / 3)))
  let best: string | undefined
  let bestEdits = max + 1
  for (const name of names) {
    const edits = distance(word.toLowerCase(), name.toLowerCase())
    const isLikelier = edits === bestEdits && name.length === word.length && best?.length !== word.length
    if (edits < bestEdits || isLikelier) [best, bestEdits] = [name, edits]
  }
  return bestEdits > max ? undefined : best
}

/** 'Did you mean "x"?', or undefined when nothing is near. */
export function didYouMean(word: string, names: readonly string[]): string | undefined {
  const name = nearest(word, names)
  return name === undefined ? undefined : `Did you mean "${name}"?`
}
