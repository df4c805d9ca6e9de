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
  ['a length in each step', 'claims.many.all(a, size(claims.long) > 1)'],
])('%s ends soon, and does not hold', (_, text) => {
  const claims = { many: MANY, same: [...MANY], long: LONG }
  const start = performance.now()
  expect(evaluate(text, { claims })).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(1_000)
})

test('each evaluation has all of its steps again', () => {
  const claims = { many: MANY }
  for (let i = 0; i < 50; i++) expect(evaluate('claims.many.all(a, a >= 0.0)', { claims })).toBe(true)
})

test('one pass over what a request can bring is well within them', () => {
  const claims = { groups: Array.from({ length: 2_000 }, (_, i) => `group-${i}`) }
  expect(evaluate('claims.groups.exists(g, g.startsWith("admin-") || g.endsWith("-1999"))', { claims })).toBe(true)
})
