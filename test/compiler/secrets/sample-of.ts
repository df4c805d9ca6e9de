/** A source of numbers from 0 to below 1, the same for the same seed (mulberry32). */
export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const ALPHANUMERIC = SMALL + SMALL.toUpperCase() + DIGITS
const SETS: Readonly<Record<string, string>> = { d: DIGITS, w: ALPHANUMERIC + '_', s: ' ', S: ALPHANUMERIC + '-_.' }
/** An endless repetition stops here. */
const REPEATS_MAX = 40

/**
 * Makes a text that an expression of Go's RE2 matches, and the part of it that the first group takes (the whole, when there
 * is none). Knows what rules for secrets use: classes, groups, counts, alternatives, flags inside.
 */
export function sampleOf(source: string, random: Random): { readonly whole: string; readonly group: string } {
  let at = 0
  let isAnyCase = false
  let groups = 0
  let firstGroup: string | null = null

  function alternatives(): string {
    const options = [sequence()]
    while (source[at] === '|') {
      at++
      options.push(sequence())
    }
    return options[Math.floor(random() * options.length)] ?? ''
  }

  function sequence(): string {
    let text = ''
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const start = at
      const first = atom()
      const [min, max] = count()
      const end = at
      const times = min + Math.floor(random() * (Math.min(max, min + REPEATS_MAX) - min + 1))
      text += times > 0 ? first : ''
      for (let i = 1; i < times; i++) {
        at = start
        text += atom()
      }
      at = end
    }
    return text
  }

  function atom(): string {
    const character = source[at++] ?? ''
    if (character === '(') return group()
    if (character === '[') return pick(characterClass())
    if (character === '\\') return escape()
    if (character === '.') return pick(ALPHANUMERIC)
    return character === '^' || character === '$' ? '' : character
  }

  function group(): string {
    const outer = isAnyCase
    const flags = /^\?(-?)([is]+)([:)])/.exec(source.slice(at))
    if (flags !== null) {
      at += flags[0].length
      if (flags[2]?.includes('i') === true) isAnyCase = flags[1] !== '-'
      if (flags[3] === ')') return ''
    } else if (source.startsWith('?:', at)) at += 2
    else if (source.startsWith('?P<', at)) at = source.indexOf('>', at) + 1
    const isFirst = flags === null && source[at - 1] === '(' && groups++ === 0
    const text = alternatives()
    at++
    if (flags !== null) isAnyCase = outer
    if (isFirst) firstGroup = text
    return text
  }

  function characterClass(): string {
    let members = ''
    const isNegated = source[at] === '^'
    if (isNegated) at++
    while (source[at] !== ']') {
      if (source.startsWith('[:alnum:]', at)) {
        members += ALPHANUMERIC
        at += '[:alnum:]'.length
        continue
      }
      const low = source[at] === '\\' ? (at++, escape({ wanted: 'set' })) : (source[at++] ?? '')
      const isRange = source[at] === '-' && source[at + 1] !== ']' && low.length === 1
      if (!isRange) {
        members += low
        continue
      }
      at++
      const high = source[at] === '\\' ? (at++, escape({ wanted: 'set' })) : (source[at++] ?? '')
      for (let code = low.charCodeAt(0); code <= high.charCodeAt(0); code++) members += String.fromCharCode(code)
    }
    at++
    return isNegated ? [...ALPHANUMERIC].filter((character) => !members.includes(character)).join('') : members
  }

  function escape({ wanted }: { wanted: 'set' | 'one' } = { wanted: 'one' }): string {
    const character = source[at++] ?? ''
    if (character === 'x') {
      at += 2
      return String.fromCharCode(parseInt(source.slice(at - 2, at), 16))
    }
    if (character === 'b' || character === 'z') return ''
    const set = SETS[character]
    if (set === undefined) return { n: '\n', r: '\r', t: '\t' }[character] ?? character
    return wanted === 'set' ? set : pick(set)
  }

  function pick(members: string): string {
    const character = members[Math.floor(random() * members.length)] ?? ''
    return isAnyCase && random() < 0.5 ? swapCase(character) : character
  }

  function count(): readonly [min: number, max: number] {
    const match = /^(?:\{(\d+)(?:(,)(\d*))?\}|([*+?]))\??/.exec(source.slice(at))
    if (match === null) return [1, 1]
    at += match[0].length
    const [, min, comma, max, mark] = match
    if (mark !== undefined) return mark === '?' ? [0, 1] : [mark === '+' ? 1 : 0, Infinity]
    return [Number(min), comma === undefined ? Number(min) : max === '' ? Infinity : Number(max)]
  }

  const whole = alternatives()
  return { whole, group: firstGroup ?? whole }
}

function swapCase(character: string): string {
  return character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
}
