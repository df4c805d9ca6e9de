/** Letters in both cases and digits: shorter names and ids of real life stay below. */
const MIXED_LENGTH_MIN = 28
const MIXED_BITS_MIN = 3.7
const MIXED_CHANGES_MIN = 0.42
/** Letters in one case and digits, as hex. */
const PLAIN_LENGTH_MIN = 32
const PLAIN_BITS_MIN = 3
const PLAIN_CHANGES_MIN = 0.25

/**
 * True when a word is as random as a secret is. Words of a language, paths and names of people's making stay in one kind of
 * character (small letters, capitals, digits) for longer than chance would.
 *
 * @param word Without spaces.
 */
export function isRandom(word: string): boolean {
  const plain = word.replaceAll(/[^A-Za-z0-9]/g, '')
  // Hex means the same in both cases.
  const characters = /^[0-9A-Fa-f]+$/.test(plain) ? plain.toLowerCase() : plain
  const { length } = characters
  if (length < MIXED_LENGTH_MIN || !/[0-9]/.test(characters) || !/[A-Za-z]/.test(characters)) return false
  const changes = changesOf(characters) / length
  const bits = entropyBits(characters)
  if (/[a-z]/.test(characters) && /[A-Z]/.test(characters))
    return changes >= MIXED_CHANGES_MIN && bits >= MIXED_BITS_MIN
  return length >= PLAIN_LENGTH_MIN && changes >= PLAIN_CHANGES_MIN && bits >= PLAIN_BITS_MIN
}

/** How often one kind of character follows another. */
function changesOf(characters: string): number {
  let changes = 0
  for (let i = 1; i < characters.length; i++) {
    if (kindOf(characters.charCodeAt(i)) !== kindOf(characters.charCodeAt(i - 1))) changes++
  }
  return changes
}

const DIGIT_MAX = 0x39
const CAPITAL_MAX = 0x5a

function kindOf(code: number): 'digit' | 'capital' | 'small' {
  if (code <= DIGIT_MAX) return 'digit'
  return code <= CAPITAL_MAX ? 'capital' : 'small'
}

/** Shannon's entropy of the characters, bits each. */
export function entropyBits(characters: string): number {
  const counts = new Map<string, number>()
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => {
    const share = count / characters.length
    return bits - share * Math.log2(share)
  }, 0)
}
