import { describe, expect, test } from 'vitest'
import { readStrictJson } from '../../runtime/strict-json.ts'

function read(text: string): unknown {
  const json = readStrictJson(Buffer.from(text))
  return json.problem === null ? json.value : json.problem
}

const TWICE = 'The body has a member twice in one object.'
const DEEP = 'The body is nested more than 64 levels deep.'
const NOT_JSON = 'The body is not JSON.'
const NOT_UTF8 = 'The body is not UTF-8.'

describe('strict JSON', () => {
  test.each([
    ['null', null],
    [' \t\r\n{} ', {}],
    ['"text"', 'text'],
    ['-0.5e-3', -0.0005],
    ['{"a":[1,{"b":"c"}],"d":true}', { a: [1, { b: 'c' }], d: true }],
    ['{"":1," ":2}', { '': 1, ' ': 2 }],
    ['"\u20ac \u{1f511} \\ud83d\\udd11 \\u0000"', '\u20ac \u{1f511} \u{1f511} \u0000'],
  ])('%s is read', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  test.each([
    ['a member twice', '{"a":1,"a":1}'],
    ['a member twice with others between', '{"a":1,"b":{},"c":[],"a":2}'],
    ['a member twice, one of them escaped', '{"a":1,"\\u0061":2}'],
    ['a member twice, escaped in two ways', '{"/":1,"\\/":2}'],
    ['an empty name twice', '{"":1,"":2}'],
    ['a member twice inside an array', '[[{"a":{"b":1,"b":2}}]]'],
    ['a member twice behind blanks', '{"a" \n\t:1 , "a"\r\n : 2}'],
    ['a member twice behind one with a bracket in its name', '{"{":1,"a":"}","a":2}'],
    ['a member twice behind a quote in a name', '{"\\"":1,"\\\\":2,"\\"":3}'],
    ['a member that objects have twice', '{"__proto__":1,"__proto__":2}'],
    ['one half of a pair twice', '{"\\ud800":1,"\\ud800":2}'],
  ])('%s is refused', (_, text) => {
    expect(read(text)).toBe(TWICE)
  })

  test.each([
    ['one name in objects beside each other', '[{"a":1},{"a":2}]'],
    ['one name in objects within each other', '{"a":{"a":{"a":1}}}'],
    ['a name as a value', '{"a":"a","b":"a","c":["a","a"]}'],
    ['names that differ in case', '{"a":1,"A":2}'],
    ['names that look the same', '{"\u00e9":1,"e\u0301":2}'],
    ['a text with a colon behind it in text', '{"a":"b\\":","c":"\\"a\\":1"}'],
    ['brackets and quotes in text', '{"a":"{\\"a\\":1,\\"a\\":2}","b":"[[[["}'],
    ['a backslash at the end of a text', '{"a\\\\":"\\\\","b":1}'],
    ['names that objects have', '{"__proto__":1,"constructor":2,"toString":3}'],
  ])('%s is not', (_, text) => {
    expect(read(text)).toEqual(JSON.parse(text))
  })

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both in turn', '[{"a":', '}]'],
  ])('%s may be 64 deep', (_, open, close) => {
    const perPair = open.startsWith('[{') ? 2 : 1
    const nested = (depth: number): string => open.repeat(depth / perPair) + '1' + close.repeat(depth / perPair)
    expect(read(nested(64))).toEqual(JSON.parse(nested(64)))
    expect(read(`[${nested(64)}]`)).toBe(DEEP)
    expect(read(nested(500_000))).toBe(DEEP)
  })

  test.each([
    ['nothing', ''],
    ['blanks', ' '],
    ['half of it', '{"a":'],
    ['more than one', '{} {}'],
    ['single quotes', "{'a':1}"],
    ['no quotes', '{a:1}'],
    ['a comma too many', '[1,]'],
    ['a comment', '{/**/}'],
    ['a number that is none', '[01]'],
    ['NaN', 'NaN'],
    ['a line end in a text', '"a\nb"'],
    ['a no-break space', '\u00a0{}'],
    ['an escape that is none', '"\\x41"'],
    ['brackets that do not fit', '[}'],
    ['open brackets without end', '['.repeat(100_000)],
    ['a zero byte', '{}\u0000'],
  ])('%s is no JSON', (_, text) => {
    expect(read(text)).toBe(NOT_JSON)
  })

  test('what is wrong is said without a word of the body', () => {
    expect(read('{"password": hunter2}')).toBe(NOT_JSON)
  })

  test.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d], 'The body begins with a byte order mark.'],
    ['two of them', [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x31], 'The body begins with a byte order mark.'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00], NOT_UTF8],
    ['UTF-16 without a mark', [0x7b, 0x00, 0x7d, 0x00], NOT_JSON],
    ['Latin-1', [0x22, 0xe9, 0x22], NOT_UTF8],
    ['half of a character', [0x22, 0xc3, 0x22], NOT_UTF8],
    ['more bytes than a character needs', [0x22, 0xc0, 0xaf, 0x22], NOT_UTF8],
    ['half of a pair as UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22], NOT_UTF8],
    ['a character beyond the last', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], NOT_UTF8],
  ])('%s is refused', (_, bytes, problem) => {
    expect(readStrictJson(Uint8Array.from(bytes)).problem).toBe(problem)
  })

  test('of random texts those with a member twice are refused, and no others', () => {
    let seed = 3
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    let doubled = false
    const names = ['a', 'b', '\\u0061', '"', '{', ':', 'a:', '']
    const quoted = (name: string): string => (name.startsWith('\\u') ? `"${name}"` : JSON.stringify(name))
    const make = (depth: number): string => {
      const kind = depth > 5 ? 2 + next(3) : next(5)
      if (kind === 0) return `[${Array.from({ length: next(4) }, () => make(depth + 1)).join(', ')}]`
      if (kind > 1) return [quoted(names[next(names.length)] ?? ''), String(next(100)), 'true'][kind - 2] ?? ''
      const members = Array.from({ length: next(4) }, () => quoted(names[next(names.length)] ?? ''))
      const plain = members.map((member) => JSON.parse(member) as string)
      doubled ||= new Set(plain).size < plain.length
      return `{${members.map((member) => `${member} : ${make(depth + 1)}`).join(',')}}`
    }
    const outcomes = { doubled: 0, single: 0 }
    for (let i = 0; i < 3000; i++) {
      doubled = false
      const text = make(0)
      expect([text, readStrictJson(Buffer.from(text)).problem]).toEqual([text, doubled ? TWICE : null])
      outcomes[doubled ? 'doubled' : 'single']++
    }
    expect(Math.min(outcomes.doubled, outcomes.single)).toBeGreaterThan(100)
  })

  test('a megabyte of anything is read in a moment', () => {
    const texts = [
      `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join()}}`,
      `[${'"a",'.repeat(250_000)}1]`,
      `["${'\\\\'.repeat(500_000)}"]`,
      `{"a"${' '.repeat(1_000_000)}:1}`,
      `[${`"a"${' '.repeat(1000)},`.repeat(1000)}1]`,
      '[]'.padStart(1_000_000),
    ]
    for (const text of texts) {
      const began = performance.now()
      readStrictJson(Buffer.from(text))
      expect(performance.now() - began).toBeLessThan(1000)
    }
  })
})
