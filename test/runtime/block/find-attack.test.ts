import { describe, expect, test } from 'vitest'
import { patternCost } from '../../../compiler/4-check/pattern-cost.ts'
import { findAttack } from '../../../runtime/block/find-attack.ts'
import { plainText, sqlText } from '../../../runtime/block/plain-text.ts'
import { SCRIPT_INJECTION, scriptSigns } from '../../../runtime/block/script-injection.ts'
import { SQL_INJECTION, sqlSigns } from '../../../runtime/block/sql-injection.ts'
import type { BlockRule } from '../../../schemas/protect-row.ts'
import { BENIGN_TEXTS } from './benign-texts.ts'
import { SCRIPT_ATTACKS } from './script-attacks.ts'
import { SQL_ATTACKS } from './sql-attacks.ts'

const BOTH: readonly BlockRule[] = ['sql-injection', 'script-injection']
/** A new text may slip through before its pattern is written; whoever takes a pattern out must not go unseen. */
const DETECTION_MIN = 0.98
const BYTES = 1_000_000
/** Linear patterns take a few milliseconds; a quadratic one takes minutes. Generous, because the machine may be busy. */
const PATTERN_MS_MAX = 500
const WHOLE_MS_MAX = 4000
const NOISE = 5
/** A proof takes a tenth of a second; on a machine that does other things, too, longer. */
const PROOF_MS = 20_000

function lineOf(text: string): string {
  return text.replaceAll('\n', ' ')
}

describe.each([
  ['sql-injection', SQL_ATTACKS],
  ['script-injection', SCRIPT_ATTACKS],
] as const)('%s', (rule, attacks) => {
  test('finds the attacks of its list', () => {
    const missed = attacks.filter((text) => findAttack(lineOf(text), [rule]) !== rule)
    const rate = 1 - missed.length / attacks.length
    process.stdout.write(
      `${rule}: ${attacks.length} attacks, ${(rate * 100).toFixed(1)} % found; missed: ${JSON.stringify(missed)}\n`,
    )
    expect(attacks.length).toBeGreaterThanOrEqual(60)
    expect(new Set(attacks).size).toBe(attacks.length)
    expect(rate).toBeGreaterThanOrEqual(DETECTION_MIN)
  })

  test('finds them among other lines, and is not found where it is excepted', () => {
    const [first = ''] = attacks
    expect(findAttack(`page\n2\nq\n${first}\nx\nO'Brien`, BOTH)).toBe(rule)
    expect(findAttack(`page\n2\nq\n${first}`, [])).toBeNull()
  })
})

test('none of what people and programs send is taken for an attack', () => {
  expect(BENIGN_TEXTS.length).toBeGreaterThanOrEqual(100)
  expect(BENIGN_TEXTS.filter((text) => findAttack(lineOf(text), BOTH) !== null)).toEqual([])
  expect(findAttack(BENIGN_TEXTS.map(lineOf).join('\n'), BOTH)).toBeNull()
})

test('an attack that is torn over two values is none: no pattern reaches over a line', () => {
  for (const [head, tail] of [
    [`'`, `or 1=1`],
    [`1 union`, `select 1,2`],
    [`<img src=x`, `onerror=y>`],
    [`javascript`, `:alert(1)`],
  ] as const) {
    expect(findAttack(`${head} ${tail}`, BOTH) ?? findAttack(`${head}${tail}`, BOTH)).toEqual(expect.any(String))
    if (tail !== 'or 1=1') expect(findAttack(`${head}\n${tail}`, BOTH)).toBeNull()
  }
})

test('comments of SQL that begin in one value do not hide another one', () => {
  expect(findAttack(`/*\n' or 1=1--\n*/`, BOTH)).toBe('sql-injection')
  expect(sqlText(`a/*\nb*/c/*d*/e/*!50000f*/g/*`)).toBe('a/*\nb*/c e f g/*')
})

describe('plain text', () => {
  test.each([
    ['%3Cb%3E', '<b>'],
    ['%253Cb', '<b'],
    ['%25253Cb', '<b'],
    ['%2525253Cb', '%3cb'],
    ['%zz%4', '%zz%4'],
    ['%u003c', '<'],
    ['\\u003c\\x3C\\u{3c}', '<<<'],
    ['&lt;&#60;&#x3C;&LT', '<<<<'],
    ['&amp;lt;', '<'],
    ['&#99999999;&unknown;', '&#99999999;&unknown;'],
    ['a \t\u00a0 b', 'a b'],
    ['a%0Ab&#10;c\\u000ad%u000a', 'a b c d '],
    ['\uff1cSCRIPT\uff1e', '<script>'],
    ['java\u0000scr\u200bipt', 'javascript'],
    ['%c0%bcx', '\u00c0\u00bcx'.toLowerCase()],
    ['100%', '100%'],
  ])('of %j is %j', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })
})

test('each pattern is linear, as automata theory proves', () => {
  const sources = [...SQL_INJECTION, ...SCRIPT_INJECTION].map(({ source }) => source)
  expect(sources.filter((source) => patternCost(source, PROOF_MS).kind !== 'linear')).toEqual([])
}, 120_000)

test('a megabyte of the worst takes a fraction of a second, ten times what a tenth of it takes', () => {
  // The tenth finds out which texts are the worst: to look for them in megabytes would take minutes.
  const worst = hostileTexts(BYTES / 10)
    .map((text, i) => ({ i, ms: timeOf(text) }))
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, 3)
  const texts = hostileTexts(BYTES)
  const whole = worst.map(({ i, ms }) => ({ text: texts[i] ?? '', tenthMs: ms, ms: timeOf(texts[i] ?? '') }))
  const patterns = [...SQL_INJECTION, ...SCRIPT_INJECTION]
  const slowest = Math.max(
    ...worst.flatMap(({ i }) => {
      const plain = plainText(texts[i] ?? '')
      const signs = [sqlSigns(sqlText(plain)), scriptSigns(plain)]
      return patterns.flatMap((pattern) => signs.map((text) => msOf(() => pattern.test(text))))
    }),
  )
  const figures = whole
    .map(({ text, ms }) => `${ms.toFixed(0)} ms for ${JSON.stringify(text.slice(0, 12))}...`)
    .join(', ')
  process.stdout.write(
    `block: the worst of 1 MB: ${figures}; the slowest of ${patterns.length} patterns ${slowest.toFixed(0)} ms\n`,
  )
  expect(slowest).toBeLessThan(PATTERN_MS_MAX)
  for (const { ms, tenthMs } of whole) {
    expect(ms).toBeLessThan(WHOLE_MS_MAX)
    expect(ms).toBeLessThan(tenthMs * 10 * NOISE + 100)
  }
}, 60_000)

function timeOf(text: string): number {
  return msOf(() => findAttack(text, BOTH))
}

function msOf(work: () => unknown): number {
  const startMs = performance.now()
  work()
  return performance.now() - startMs
}

/** Beginnings of attacks, again and again; codings; and what lies between. */
function hostileTexts(bytes: number): string[] {
  const parts = [
    ...[
      'a',
      ' ',
      "'",
      '"',
      '<',
      '%',
      '%25',
      '%41',
      '&',
      '&amp;',
      '&#x3c',
      '\\u003',
      '\\u0061',
      '/*',
      '/* */',
      '/*\n',
      '(',
      ';',
      '-',
      '#',
    ],
    ...[
      "' or '",
      "'or",
      '1 or ',
      'union select ',
      'union select a',
      "' or 'a",
      '; delete from a',
      '; select a,',
      'select(',
      '(select ',
    ],
    ...[
      '=(select a',
      'ascii(select a',
      "' and a",
      'case when (',
      'extractvalue(',
      'if(a',
      '<a ',
      '<a onclick',
      '<a onkey',
      ' onclick',
      '"onclick',
    ],
    ...[
      '<link ',
      '<object data',
      'style=',
      '<meta ',
      '{{',
      '{{a',
      '${',
      '${a',
      'javascript:',
      'j a v a',
      'x',
      "';alert(",
      '\u00e9',
      '\uff1c',
      '0',
      'data:',
    ],
  ]
  return parts.map((part) => part.repeat(Math.ceil(bytes / part.length)).slice(0, bytes))
}
