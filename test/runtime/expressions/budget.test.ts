import { expect, test } from 'vitest'
import { evaluate } from '../../support/expressions.ts'

const MANY = Array.from({ length: 5_000 }, (_, i) => i)
const LONG = 'a'.repeat(16_000)

test.each([
  ['a macro inside a macro', 'claims.many.all(a, claims.many.all(b, a >= 0.0 && b >= 0.0))'],
  ['one three deep', 'claims.many.exists(a, claims.many.exists(b, claims.many.exists(c, a + b + c < 0.0)))'],
  ['a list in each step', 'claims.many.all(a, a in claims.many.filter(b, b >= 0.0) || true)'],
  ['sums of lists', 'claims.many.all(a, size(claims.many + claims.many) > 1)'],
  ['comparisons of lists', 'claims.many.all(a, claims.many == claims.same)'],
  ['a search in each step', 'claims.many.all(a, a + 0.5 in claims.many || true)'],
  ['a long text in each step', 'claims.many.all(a, claims.long.contains("b") || claims.long.endsWith("a"))'],
  ['a pattern in each step', 'claims.many.all(a, claims.long.matches("^a"))'],
  ['an order of long texts in each step', 'claims.many.all(a, claims.long <= claims.other)'],
  ['sums of long texts', 'size(claims.many.map(a, claims.long + claims.other)) > 1'],
  ['bytes of a long text in each step', 'claims.many.all(a, bytes(claims.long) != bytes("a"))'],
  ['the time in a zone in each step', 'claims.many.all(a, request.time.getHours("Europe/Berlin") >= 0)'],
  ['a length in each step', 'claims.many.all(a, size(claims.long) > 1)'],
])('%s ends soon, and does not hold', (_, text) => {
  const claims = { many: MANY, same: [...MANY], long: LONG, other: `${LONG}b` }
  const start = performance.now()
  expect(evaluate(text, { claims })).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(1_000)
})

test('values of any depth are compared without an end of the stack', () => {
  const deep = (): unknown => JSON.parse('['.repeat(4_000) + ']'.repeat(4_000))
  const maps = (): unknown => JSON.parse(`${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}`)
  expect(evaluate('claims.a == claims.b', { claims: { a: deep(), b: deep() } })).toBeUndefined()
  expect(evaluate('claims.a != claims.b', { claims: { a: maps(), b: maps() } })).toBeUndefined()
  expect(evaluate('claims.a in [claims.b]', { claims: { a: maps(), b: maps() } })).toBeUndefined()
  expect(evaluate('claims.a == claims.b', { claims: { a: [[[1]]], b: [[[1]]] } })).toBe(true)
})

test('each evaluation has all of its steps again', () => {
  const claims = { many: MANY }
  for (let i = 0; i < 50; i++) expect(evaluate('claims.many.all(a, a >= 0.0)', { claims })).toBe(true)
})

test('one pass over what a request can bring is well within them', () => {
  const claims = { groups: Array.from({ length: 2_000 }, (_, i) => `group-${i}`) }
  expect(evaluate('claims.groups.exists(g, g.startsWith("admin-") || g.endsWith("-1999"))', { claims })).toBe(true)
})
