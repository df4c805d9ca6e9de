import { expect, test } from 'vitest'
import { createBodyAjv } from '../../../../compiler/6-emit/body-ajv.ts'
import { acceptedBy, sampleValue } from '../../../../compiler/tools/loadtest/sample-value.ts'

function sampled(schema: object): unknown {
  return sampleValue(schema, acceptedBy(createBodyAjv().compile(schema)))
}

test.each([
  ['a number above a bound', { type: 'number', exclusiveMinimum: 2.5, exclusiveMaximum: 2.6 }],
  ['a whole number of steps', { type: 'integer', minimum: 7, multipleOf: 5, maximum: 11 }],
  ['a number below zero', { type: 'integer', maximum: -3 }],
  ['a long text', { type: 'string', minLength: 90, maxLength: 91 }],
  ['a short text', { type: 'string', maxLength: 2 }],
  ['a format', { type: 'string', format: 'date-time' }],
  ['an address of mail', { type: 'string', format: 'email' }],
  ['a usual pattern', { type: 'string', pattern: '^[A-Z]{3}-[0-9]{3}$' }],
  ['a list whose items differ', { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }], minItems: 2, items: false }],
  ['parts that all hold', { type: 'object', allOf: [{ required: ['a'] }, { properties: { a: { const: 3 } } }] }],
  ['one of several', { oneOf: [{ type: 'object', required: ['a'] }, { type: 'string' }] }],
  ['one of several types', { type: ['integer', 'null'] }],
  [
    'a schema that refers to itself',
    { $ref: '#/$defs/n', $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } } },
  ],
  ['members that may not be there at once', { type: 'object', properties: { a: {}, b: {} }, maxProperties: 1 }],
])('%s', (_, schema) => {
  const value = sampled(schema)
  expect(value).not.toBe(undefined)
  expect(createBodyAjv().validate(schema, value)).toBe(true)
})

test('examples and defaults come first', () => {
  expect(sampled({ type: 'string', examples: ['one'] })).toBe('one')
  expect(sampled({ type: 'integer', default: 7 })).toBe(7)
  expect(sampled({ enum: ['open', 'paid'] })).toBe('open')
})

test('what nothing can be made for is said, not made up', () => {
  expect(sampled({ type: 'string', pattern: '^zq[0-9]{9}w$' })).toBe(undefined)
})
