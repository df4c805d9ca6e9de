import { expect, test } from 'vitest'
import { createKindOf, KIND } from '../../runtime/header-kinds.ts'

const kindOf = createKindOf(['x-api-key', 'authorization'])

test.each([
  ['accept', KIND.PASS],
  ['x_any', KIND.PASS],
  ['authorization', KIND.CREDENTIAL],
  ['x-api-key', KIND.CREDENTIAL],
  ['x_api_key', KIND.DROP],
  ['x_api-key', KIND.DROP],
  ['content-length', KIND.CONTENT_LENGTH],
  ['content_length', KIND.DROP],
  ['transfer_encoding', KIND.DROP],
  ['x-keysmith-', KIND.DROP],
  ['x-keysmith', KIND.PASS],
  ['x-forwarded-proto', KIND.FORWARDED_PROTO],
  ['x-forwarded-for-anything', KIND.DROP],
  ['forwarded_', KIND.PASS],
  ['', KIND.MALFORMED],
  ['a b', KIND.MALFORMED],
  ['Accept', KIND.MALFORMED],
  ['constructor', KIND.PASS],
  ['__proto__', KIND.PASS],
])('%j', (name, kind) => {
  expect(kindOf(name)).toBe(kind)
  expect(kindOf(name)).toBe(kind)
})

test('a header that may not carry a credential passes as any other', () => {
  expect(createKindOf(['x-api-key'])('authorization')).toBe(KIND.PASS)
})

test('names that callers invent are told apart as before, however many there were', () => {
  const fresh = createKindOf(['x-api-key'])
  for (let i = 0; i < 5000; i++) expect(fresh(`x-invented-${i}`)).toBe(KIND.PASS)
  expect([fresh('x-api-key'), fresh('x-keysmith-a'), fresh('x_real_ip'), fresh('a b')]).toEqual([
    KIND.CREDENTIAL,
    KIND.DROP,
    KIND.DROP,
    KIND.MALFORMED,
  ])
})
