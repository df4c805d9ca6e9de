import { expect, test } from 'vitest'
import { stretchOf } from '../../../compiler/1-load/stretch-of.ts'

/** The words that are marked in what was written, for the last of a word in the value. */
function marked(written: string, value: string, word: string): string | null {
  const from = value.lastIndexOf(word)
  const stretch = stretchOf(written, value, { from, to: from + word.length })
  return stretch === null ? null : `${written.slice(0, stretch.from)}<${written.slice(stretch.from, stretch.to)}>`
}

test.each([
  ['as it is', 'a.b == a.c', 'a.b == a.c', 'a', 'a.b == <a>'],
  ['in quotes', '"a == \'b\'"', "a == 'b'", 'b', '"a == \'<b>'],
  ['a block', '|\n    a &&\n    b && a\n', 'a &&\nb && a\n', 'a', '|\n    a &&\n    b && <a>'],
  ['a folded block', '>\n    a &&\n    b\n', 'a && b\n', 'b', '>\n    a &&\n    <b>'],
  ['lines without marks', 'a &&\n  b && b', 'a && b && b', 'b', 'a &&\n  b && <b>'],
])('a word of a text that is written %s is found again', (_, written, value, word, expected) => {
  expect(marked(written, value, word)).toBe(expected)
})

test('what is written with escapes is not found, nor is nothing', () => {
  expect(marked('"\\u0061 == 1"', 'a == 1', 'a')).toBeNull()
  expect(stretchOf('a', 'a', { from: 1, to: 1 })).toBeNull()
})
