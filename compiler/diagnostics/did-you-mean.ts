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
    const edits = editsBetween(word.toLowerCase(), name.toLowerCase())
    // With nothing in common it is another word, however short.
    if (edits >= Math.max(word.length, name.length)) continue
    const isLikelier = edits === bestEdits && name.length === word.length && best?.length !== word.length
    if (edits < bestEdits || isLikelier) [best, bestEdits] = [name, edits]
  }
  return bestEdits > max ? undefined : best
}

/** Letters exchanged, left out or too many; two neighbours in each other's place are one slip of the finger. */
function editsBetween(word: string, name: string): number {
  return isSwapped(word, name) ? 1 : distance(word, name)
}

function isSwapped(word: string, name: string): boolean {
  const at = [...word].findIndex((letter, i) => letter !== name.charAt(i))
  if (at < 0 || word.length !== name.length) return false
  const swapped = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
  return swapped === name
}

/** 'Did you mean "x"?', or undefined when nothing is near. */
export function didYouMean(word: string, names: readonly string[]): string | undefined {
  const name = nearest(word, names)
  return name === undefined ? undefined : `Did you mean "${name}"?`
}
