import { expect, test } from 'vitest'
import { literal, member } from '../../../compiler/6-emit/literal.ts'

test.each([
  [[], '[]'],
  [{}, '{}'],
  [[1, 'a', null, true], '[1, "a", null, true]'],
  [{ a: 1, b: [{ c: 'd' }] }, '{ a: 1, b: [{ c: "d" }] }'],
  ['line\nquote"back\\slash${x}`</script>', '"line\\nquote\\"back\\\\slash${x}`</script>"'],
])('%j is written as %s', (value, text) => expect(literal(value)).toBe(text))

test('what has no end is FOREVER, points in time say which they are', () => {
  expect(member('expiresMs', 8_640_000_000_000_000)).toBe('  expiresMs: FOREVER,')
  expect(member('expiresMs', Date.UTC(2099, 0, 1))).toBe('  expiresMs: 4070908800000 /* 2099-01-01T00:00:00.000Z */,')
  expect(member('timeoutMs', 30_000)).toBe('  timeoutMs: 30000,')
  expect(member('count', Date.UTC(2099, 0, 1))).toBe('  count: 4070908800000,')
})

test('every text comes back as it was', () => {
  const texts = ['\u2028\u2029', '\u0000\u001f', '*/ /*', '"; process.exit() //', '\ud800', '👋', '__proto__']
  for (const text of texts) expect(new Function(`return ${literal(text)}`)()).toBe(text)
})
