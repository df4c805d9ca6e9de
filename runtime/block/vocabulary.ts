/**
 * Words that stand for one sign each, so that patterns over them are short: short ones can be proved linear, and are fast.
 */
export interface Vocabulary {
  /** The text with a sign in place of each of the words. */
  readonly toSigns: (text: string) => string
  /** A pattern over such text: its words in capitals; `NAME` is any name, those that are signs as well. */
  readonly compile: (source: string) => RegExp
}

const FIRST_SIGN = 0xe000
const NAME = '[\\w.$\\ue000-\\ue0ff]+'
const WORD = /[a-z_]\w*/g
const IN_CAPITALS = /[A-Z]{2,}/g

/** @param groups Words by the name that patterns call them by. */
export function createVocabulary(groups: Readonly<Record<string, string>>): Vocabulary {
  const signs = new Map(Object.keys(groups).map((name, i) => [name, String.fromCharCode(FIRST_SIGN + i)]))
  const signOfWord = new Map<string, string>()
  for (const [name, words] of Object.entries(groups))
    for (const word of words.split(' ')) signOfWord.set(word, signs.get(name) ?? '')
  return {
    toSigns: (text) => text.replace(WORD, (word) => signOfWord.get(word) ?? word),
    compile: (source) =>
      new RegExp(
        source.replace(IN_CAPITALS, (name) => {
          const sign = name === 'NAME' ? NAME : signs.get(name)
          if (sign === undefined) throw new Error(`a pattern has a word that stands for nothing: ${name}`)
          return sign
        }),
      ),
  }
}
