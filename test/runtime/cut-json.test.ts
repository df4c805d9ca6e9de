import { describe, expect, test } from 'vitest'
import { buildFieldPlaces, EVERYONE } from '../../compiler/5-lower/field-places.ts'
import { fieldLines } from '../../compiler/6-emit/fields.ts'
import { cutJson } from '../../runtime/cut-json.ts'
import type { FieldFilter } from '../../schemas/fields-row.ts'
import { createRandom, type Random } from '../parity/random.ts'
import { seedOfRun } from '../parity/seed.ts'

/** The function that the compiler writes for some paths; those of a scope stand behind its bit. */
function filterOf(allow: readonly string[], withScope: readonly (readonly string[])[] = []): FieldFilter {
  const scoped = [allow, ...withScope].flatMap((paths, i) =>
    paths.map((path) => ({ names: path.split('.'), bit: EVERYONE << i })),
  )
  const draft = { at: '', scopes: withScope.map((_, i) => `s${i}`), bytesMax: 1, places: buildFieldPlaces(scoped) }
  const code = fieldLines([draft], () => '').join('\n')
  // Safe: it is the compiler's own text, of the type that the table says.
  return new Function(`const KEEP = -1, CUT = -2; return { ${code} }.fields[0].filter`)() as FieldFilter
}

function cut(text: string, allow: readonly string[], withScope: readonly (readonly string[])[] = [], held = EVERYONE) {
  const shown = cutJson(Buffer.from(text), filterOf(allow, withScope), held)
  return shown === null ? null : Buffer.from(shown).toString()
}

describe('a path', () => {
  test('keeps the whole value that it names, and everything else is cut out', () => {
    expect(cut('{"id":1,"secret":2,"tags":["a",{"b":3}]}', ['id', 'tags'])).toBe('{"id":1,"tags":["a",{"b":3}]}')
    expect(cut('{"secret":2}', ['id'])).toBe('{}')
  })

  test('leads through objects, and shows of them what it names', () => {
    expect(cut('{"c":{"name":"N","email":"E"},"d":1}', ['c.name'])).toBe('{"c":{"name":"N"}}')
    expect(cut('{"c":{"email":"E"}}', ['c.name'])).toBe('{"c":{}}')
  })

  test('that leads further than a value goes shows nothing of that value', () => {
    for (const value of ['null', '"text"', '17', 'true', '[]', '["name",{"name":1}]'])
      expect(cut(`{"c":${value},"id":1}`, ['id', 'c.name'])).toBe(value[0] === '[' ? '{"c":[],"id":1}' : '{"id":1}')
  })

  test('goes through every element and member at *', () => {
    expect(cut('{"items":[{"sku":1,"x":2},3,{"x":4},[{"sku":5}]]}', ['items.*.sku'])).toBe(
      '{"items":[{"sku":1},{},[]]}',
    )
    expect(cut('{"items":{"a":{"sku":1},"b":{"sku":2,"x":3}}}', ['items.*.sku'])).toBe(
      '{"items":{"a":{"sku":1},"b":{"sku":2}}}',
    )
    expect(cut('{"a":1,"b":[2]}', ['*'])).toBe('{"a":1,"b":[2]}')
  })

  test('is followed together with others that lead to the same member', () => {
    const text = '{"m":{"first":{"a":1,"b":2,"c":3},"other":{"a":4,"b":5,"c":6}}}'
    expect(cut(text, ['m.*.a', 'm.first.b'])).toBe('{"m":{"first":{"a":1,"b":2},"other":{"a":4}}}')
    expect(cut(text, ['m.*', 'm.first.b'])).toBe(text)
  })
})

test('an array at the top is cut element by element', () => {
  expect(cut('[{"id":1,"x":2},{"x":3},4,[{"id":5}]]', ['id'])).toBe('[{"id":1},{},[]]')
})

test('a value without members shows nothing', () => {
  for (const text of ['"secret"', '17', 'true', 'null']) expect(cut(text, ['id'])).toBe('null')
})

describe('what is shown with a scope', () => {
  const text = '{"id":1,"customer":{"name":"N","phone":"P"}}'
  const scopes = [['customer.name'], ['customer']]

  test('comes besides what all may see', () => {
    expect(cut(text, ['id'], scopes, 0b001)).toBe('{"id":1}')
    expect(cut(text, ['id'], scopes, 0b011)).toBe('{"id":1,"customer":{"name":"N"}}')
    expect(cut(text, ['id'], scopes, 0b101)).toBe(text)
    expect(cut(text, ['id'], scopes, 0b111)).toBe(text)
  })

  test('may be all there is', () => {
    expect(cut(text, [], [['id']], 0b01)).toBe('{}')
    expect(cut(text, [], [['id']], 0b11)).toBe('{"id":1}')
  })
})

describe('what is kept stays as it was written', () => {
  test.each([
    '123456789012345678901234567890',
    '1.0',
    '-0',
    '1E+400',
    '0.1000',
    '"\\u0041\\/\\ud83d\\ude00\\n"',
    '"\u{1f600}\u00e9\u2028"',
    '{ "a" :  [ 1 ,2\t] }',
  ])('%s', (value) => {
    expect(cut(` { "x":0 , "id" : ${value} , "y":[0]}\r\n`, ['id'])).toBe(`{"id" : ${value}}`)
  })
})

describe('a name', () => {
  test('means the same however it is written', () => {
    expect(cut('{"\\u0069d":1,"i\\u0064x":2,"\\u0073ecret":3}', ['id'])).toBe('{"\\u0069d":1}')
    expect(cut('{"größe":1,"gr\\u00f6\\u00dfe":2,"grösse":3}', ['größe'])).toBe('{"größe":1,"gr\\u00f6\\u00dfe":2}')
  })

  test('that comes twice is cut each time', () => {
    expect(cut('{"c":{"name":1,"x":2},"c":{"x":3,"name":4},"c":5,"x":6}', ['c.name'])).toBe(
      '{"c":{"name":1},"c":{"name":4}}',
    )
  })

  test('is never one that objects have by themselves', () => {
    const text = '{"__proto__":{"id":1},"constructor":2,"toString":3}'
    expect(cut(text, ['id'])).toBe('{}')
    expect(cut(text, ['__proto__.id', 'constructor'])).toBe('{"__proto__":{"id":1},"constructor":2}')
  })
})

test('what is not JSON is told from what is, cut out or not', () => {
  const wrong = [
    '',
    ' ',
    '{',
    '{"id":1',
    '{"id":1}}',
    '{"id":1,}',
    '{"x":01}',
    '{"x":1.}',
    '{"x":.5}',
    '{"x":+1}',
    '[1,]',
  ]
  const more = [
    '{"x":"\t"}',
    '{"x":"\\x"}',
    '{"x":"\\u12"}',
    '{x:1}',
    "{'id':1}",
    '{"id":1}\n{"id":2}',
    '\ufeff{"id":1}',
  ]
  const words = [
    '{"id":nul}',
    '{"id":nulll}',
    '{"id":NaN}',
    '{"id" 1}',
    '{"id":1 "x":2}',
    '{"x":-}',
    '{"x":1e}',
    '//\n{}',
  ]
  for (const text of [...wrong, ...more, ...words]) expect([text, cut(text, ['id'])]).toEqual([text, null])
  expect(cutJson(Buffer.from([0x22, 0xc3, 0x22]), filterOf(['id']), EVERYONE)).toBeNull()
})

test('64 brackets may be open at a time, and no more', () => {
  const nested = (depth: number): string => '{"id":'.repeat(depth) + '1' + '}'.repeat(depth)
  const path = Array.from({ length: 70 }, () => 'id').join('.')
  for (const paths of [['id'], ['x'], [path]]) {
    expect(cut(nested(64), paths)).not.toBeNull()
    expect(cut(nested(65), paths)).toBeNull()
    expect(cut('['.repeat(64) + ']'.repeat(64), paths)).not.toBeNull()
    expect(cut('['.repeat(100_000), paths)).toBeNull()
  }
})

const seed = seedOfRun()
const NAMES = ['a', 'b', 'c', 'é', 'length']
const SCALARS = [
  '0',
  '-0',
  '1.0',
  '1e5',
  '9007199254740993',
  'true',
  'false',
  'null',
  '""',
  '"a"',
  '"\\u0061\\n"',
  '"é{"',
]

describe(`random texts, PARITY_SEED=${seed}`, () => {
  test('are cut as the obvious reading of the paths cuts them', () => {
    const random = createRandom(seed)
    for (let i = 0; i < 4_000; i++) {
      const text = randomText(random, 4)
      const paths = Array.from({ length: 1 + random.below(4) }, () => randomPath(random))
      const scoped = [Array.from({ length: random.below(3) }, () => randomPath(random))]
      const held = random.pick([0b01, 0b11])
      const shown = cut(text, paths, scoped, held)
      const wanted = wantedOf(parseExact(text), [...paths, ...(held === 0b11 ? (scoped[0] ?? []) : [])])
      expect({ text, paths, scoped, held, shown: parseExact(shown ?? 'no JSON') }).toEqual({
        text,
        paths,
        scoped,
        held,
        shown: wanted,
      })
    }
  })

  test('that were broken somewhere are JSON to it if and only if they are to JSON.parse', () => {
    const random = createRandom(seed)
    const filter = filterOf(['a', 'b.c', 'c.*.a'])
    for (let i = 0; i < 20_000; i++) {
      const text = broken(random, randomText(random, 3))
      expect({ text, isJson: cutJson(Buffer.from(text), filter, EVERYONE) !== null }).toEqual({
        text,
        isJson: isJson(text),
      })
    }
  })
})

function randomText(random: Random, depth: number): string {
  const blank = (): string => random.pick(['', '', '', ' ', '\n', '\t '])
  const kind = random.below(depth <= 0 ? 1 : 3)
  if (kind === 0) return blank() + random.pick(SCALARS) + blank()
  const items = Array.from({ length: random.below(4) }, () => randomText(random, depth - 1))
  if (kind === 1) return `${blank()}[${items.length === 0 ? blank() : items.join(',')}]${blank()}`
  // No name twice: what a reader makes of that is its own.
  const names = random.some(NAMES, 0.6).slice(0, items.length)
  const members = names.map((name, i) => `${blank()}${spelt(random, name)}${blank()}:${items[i] ?? '0'}`)
  return `${blank()}{${members.length === 0 ? blank() : members.join(',')}}${blank()}`
}

function spelt(random: Random, name: string): string {
  return random.chance(0.2) ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"` : `"${name}"`
}

function randomPath(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick([...NAMES, '*', '*'])).join('.')
}

/** A text with a character changed, left out or put in. */
function broken(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const other = random.pick([...'{}[]",:0123456789eE+-. \\utfn\n\u0001é', ''])
  return text.slice(0, at) + other + text.slice(at + random.below(2))
}

/** Scalars stand for the text that they were written as. */
type Exact = Written | Exact[] | Map<string, Exact>
interface Written {
  readonly written: string
}

/** Reads JSON and keeps how numbers and strings were written. */
function parseExact(text: string): Exact {
  const [value, rest] = exactValue(text.trim())
  if (rest.trim() !== '') throw new Error(`not JSON: ${text}`)
  return value
}

function exactValue(text: string): [Exact, string] {
  const scalar = /^("(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+)/.exec(text)?.[0]
  if (scalar !== undefined) return [{ written: scalar }, text.slice(scalar.length).trimStart()]
  const isObject = text.startsWith('{')
  const members = new Map<string, Exact>()
  const elements: Exact[] = []
  let rest = text.slice(1).trimStart()
  while (!/^[\]}]/.test(rest)) {
    let name = ''
    if (isObject) {
      const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0] ?? ''
      name = String(JSON.parse(quoted))
      rest = rest.slice(quoted.length).trimStart().slice(1).trimStart()
    }
    const [value, behind] = exactValue(rest)
    if (isObject) members.set(name, value)
    else elements.push(value)
    rest = behind.replace(/^,\s*/, '')
  }
  return [isObject ? members : elements, rest.slice(1).trimStart()]
}

/** What http.md says of `fields`, path by path. */
function wantedOf(value: Exact, paths: readonly string[]): Exact {
  const split = paths.map((path) => path.split('.'))
  if (Array.isArray(value)) return value.filter(isContainer).map((element) => shownOf(element, split))
  return isContainer(value) ? shownOf(value, split) : { written: 'null' }
}

function isContainer(value: Exact): value is Exact[] | Map<string, Exact> {
  return Array.isArray(value) || value instanceof Map
}

function shownOf(value: Exact, paths: readonly (readonly string[])[]): Exact {
  if (paths.some((path) => path.length === 0) || !isContainer(value)) return value
  const inner = (name: string | null): (readonly string[])[] =>
    paths.filter(([first]) => first === '*' || first === name).map((path) => path.slice(1))
  const isShown = (one: Exact, left: readonly (readonly string[])[]): boolean =>
    left.some((path) => path.length === 0) || (left.length > 0 && isContainer(one))
  if (Array.isArray(value))
    return value.filter((one) => isShown(one, inner(null))).map((one) => shownOf(one, inner(null)))
  const members = [...value].filter(([name, one]) => isShown(one, inner(name)))
  return new Map(members.map(([name, one]) => [name, shownOf(one, inner(name))]))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
