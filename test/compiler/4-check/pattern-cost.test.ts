import { expect, test } from 'vitest'
import { patternCost } from '../../../compiler/4-check/pattern-cost.ts'
import { patternSize, withoutLargeCounts } from '../../../compiler/4-check/pattern-size.ts'

test.each([
  ['^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$'],
  ['^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'],
  ['^([a-z]{1,63}\\.){1,30}[a-z]{2,63}$'],
  ['^(?=.*[A-Z])(?=.*\\d).{8,64}$'],
  ['^\\p{L}+$'],
  ['^.{1,5000}$'],
])('%s is fast', (source) => expect(patternCost(source).kind).toBe('linear'))

test.each([
  ['^(a+)+$'],
  ['^(a|a)*$'],
  ['^(\\w+\\s?)*$'],
  ['^([a-z]+){1,100}$'],
  ['(.{1,100}){1,100}x'],
  ['^(\\p{L}+)+$'],
])('%s is exponential', (source) => expect(patternCost(source).kind).toBe('exponential'))

test.each([
  ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 2],
  ['\\s+$', 2],
  ['^a*a*a*b$', 3],
])('the work of %s grows with power %i', (source, degree) =>
  expect(patternCost(source)).toMatchObject({ kind: 'polynomial', degree }),
)

test('what would exhaust the stack of who looks at it is not proved', () => {
  expect(patternCost('('.repeat(60) + 'a' + ')'.repeat(60)).kind).toBe('unknown')
})

test.each([
  ['a{500}', 500, 0],
  ['(ab){3}', 6, 1],
  ['((ab){3}c){2}', 14, 2],
  ['[a-z{}()]{4}', 4, 0],
  ['\\{\\(\\p{L}\\u{1F600}', 4, 0],
  ['(?:a|b){2,5}', 10, 1],
  ['(?=a{9})(?<!b)(?<name>c)', 11, 1],
  ['a{3,}', 3, 0],
])('%s is as large as %i characters, %i deep', (source, size, depth) => {
  expect(patternSize(source)).toEqual({ size, depth })
})

test.each([
  ['a{1,63}b{2}', 'a+b{2}'],
  ['a{0,63}', 'a*'],
  ['\\p{L}{100}[x{100}]\\{100}', '\\p{L}+[x{100}]\\{100}'],
  ['(a{9}){9}', '(a+)+'],
])('large counts of %s become endless: %s', (source, without) => expect(withoutLargeCounts(source, 8)).toBe(without))
