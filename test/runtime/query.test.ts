import { expect, test } from 'vitest'
import { queryPairs } from '../../runtime/query.ts'

test.each([
  ['', []],
  ['&', []],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['=a', [['', 'a']]],
  ['=', [['', '']]],
  [
    'a=1&a=2',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['a;b=1', [['a;b', '1']]],
  ['a+b=c+d', [['a b', 'c d']]],
  ['a%2Bb=%2b', [['a+b', '+']]],
  ['%61=%C3%A9', [['a', '\u00e9']]],
  ['a%3D=%26', [['a=', '&']]],
  ['&&a=1&', [['a', '1']]],
  ['__proto__=1', [['__proto__', '1']]],
  ['a=%00', [['a', '\u0000']]],
] as const)('%j', (query, pairs) => {
  expect(queryPairs(query)).toEqual(pairs)
})

test.each(['%', 'a=%', 'a=%2', 'a=%zz', 'a=%u0041', '%ff', 'a=%c3', 'a=%ed%a0%80', 'a=%c0%af', 'a=1&b=%'])(
  '%j is broken',
  (query) => {
    expect(queryPairs(query)).toBeNull()
  },
)
