import { expect, test } from 'vitest'
import { createPatternReader } from '../../../compiler/expressions/read-pattern.ts'
import { createRandom } from '../../parity/random.ts'
import { NOTHING_KNOWN } from '../../support/expressions.ts'
import { evaluateByLibrary } from './agreement/library.ts'

const readPattern = createPatternReader()

test.each<readonly [pattern: string, problem: RegExp]>([
  ['(a+)+$', /explodes/],
  ['a*b', /explodes/],
  ['(?=a)', /groups begin/],
  ['(?i)a', /groups begin/],
  ['(?P<n>a)', /groups begin/],
  ['(?<n>a)', /groups begin/],
  ['(a)\\1', /not the same everywhere/],
  ['\\s', /not the same everywhere/],
  ['[\\s]', /not the same everywhere/],
  ['[\\b]', /not the same everywhere/],
  ['\\p{L}', /not the same everywhere/],
  ['\\u0041', /not the same everywhere/],
  ['\\', /not the same everywhere/],
  ['[[:alpha:]]', /must be written/],
  ['[]', /empty/],
  ['[^]', /empty/],
  ['a{1001}', /beyond 1000/],
  ['a{1,2000}', /beyond 1000/],
  ['a{', /./],
  ['a**', /./],
  ['(', /./],
  ['[a', /./],
  ['x*y*z*x*y*z*$', /explodes/],
  ['('.repeat(60) + 'a' + ')'.repeat(60), /nested/],
])('%s is refused', (pattern, problem) => {
  const reading = readPattern(pattern)
  expect('problem' in reading ? reading.problem : 'none').toMatch(problem)
})

const PATTERNS = [
  '^a',
  'b$',
  '^(?:eu|us)-[a-z]{2}$',
  '.',
  '^.$',
  '^..$',
  '^a.b',
  '[^a]',
  '^[^a]+$',
  '\\d',
  '^\\w+$',
  '\\bb\\b',
  'a|b|',
  '^$',
  '[a-c.]',
  '[\\]x]',
  '\\.',
  '^a?b',
  '\\x61',
  '^\\W',
  '[-a]b',
  '^(a|b)c',
  '^a{2,3}$',
  '\\t',
  '[😀-😂]',
  'é',
]
const TEXTS_OF = [
  'a',
  'b',
  'c',
  '\n',
  '\r',
  '\u2028',
  '😀',
  'é',
  ' ',
  '.',
  '-',
  ']',
  '1',
  '_',
  'eu-de',
  '\t',
  '\u00a0',
  '',
]

test('patterns that are taken mean what RE2 says', () => {
  const random = createRandom(7)
  const differing: string[] = []
  for (const pattern of PATTERNS) {
    const reading = readPattern(pattern)
    if ('problem' in reading) throw new Error(`${pattern}: ${reading.problem}`)
    const ours = new RegExp(reading.source, 'u')
    for (let i = 0; i < 60; i++) {
      const text = Array.from({ length: random.below(5) }, () => random.pick(TEXTS_OF)).join('')
      const theirs = evaluateByLibrary(`claims.text.matches(${JSON.stringify(pattern)})`, {
        ...NOTHING_KNOWN,
        claims: { text },
      })
      if (ours.test(text) !== theirs) differing.push(`${pattern} on ${JSON.stringify(text)}: ${String(theirs)}`)
    }
  }
  expect(differing).toEqual([])
})
