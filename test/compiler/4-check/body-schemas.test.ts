import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'

const CONFIG = orderConfig({ routes: '      POST /: { scope: read, body: ./order.schema.json }\n' })

/** "code line:column" of what is told of a body schema, each in its own file. */
function placesIn(schema: unknown, config = CONFIG): string[] {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema, null, 2)
  return checkText(config, { 'order.schema.json': text }).map(({ code, place }) => {
    expect(place.file).toBe('order.schema.json')
    return `${code} ${place.line}:${place.column}`
  })
}

function codesIn(schema: unknown, config = CONFIG): string[] {
  return placesIn(schema, config).map((text) => text.split(' ')[0] ?? '')
}

test.each([
  ['true', true],
  [
    'nulls as values',
    { type: ['object', 'null'], default: null, enum: [null, {}], properties: { a: { const: null } } },
  ],
  ['anchors', { $defs: { sku: { $anchor: 'sku', type: 'string' } }, $ref: '#sku' }],
  [
    'ids and relative references',
    { $id: 'https://example.com/a', $defs: { b: { $id: 'b', type: 'object' } }, $ref: 'b' },
  ],
  ['escaped pointers', { $defs: { 'a/b~c d': {} }, $ref: '#/$defs/a~1b~0c%20d' }],
  ['the language of schemas itself', { $ref: 'https://json-schema.org/draft/2020-12/schema' }],
  ['recursion that goes down', { properties: { next: { $ref: '#' } } }],
  [
    'a property that is called like a keyword',
    { properties: { pattern: { type: 'string' }, $ref: { type: 'string' } } },
  ],
  [
    'words of other vocabularies',
    { title: 't', $comment: 'c', examples: [1], deprecated: true, contentMediaType: 'a/b' },
  ],
  ['a choice by if and then', { allOf: [{ if: { required: ['a'] }, then: { required: ['b'] } }] }],
])('a schema with %s is fine', (_, schema) => {
  expect(placesIn(schema)).toEqual([])
})

test('a file that is indented with tabs is read as JSON', () => {
  expect(placesIn('{\n\t"type": "object",\n\t"properties": {\n\t\t"a": { "type": "string" }\n\t}\n}\n')).toEqual([])
})

test('each unknown keyword is told at its place', () => {
  const schema = { type: 'object', propertys: {}, properties: { a: { minLenght: 1, nullable: true } } }
  expect(placesIn(schema)).toEqual([
    'schema-unknown-keyword 3:3',
    'schema-unknown-keyword 6:7',
    'schema-unknown-keyword 7:7',
  ])
})

test('a promise instead of an answer would let everything through', () => {
  expect(codesIn({ $async: true, type: 'object' })).toEqual(['schema-unknown-keyword'])
})

test.each([
  ['a number', 3],
  ['a list', []],
  ['a word', '"object"\n'],
  ['an older draft', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }],
  ['a bound that is no number', { properties: { a: { minimum: '1' } } }],
  ['a list of items', { items: [{ type: 'string' }] }],
  ['a pattern that does not parse', { properties: { a: { pattern: '[' } } }],
  ['"then" without "if"', { properties: { a: { then: {} } } }],
  ['a tuple without an end', { prefixItems: [{}] }],
])('%s is no schema', (_, schema) => {
  expect(codesIn(schema)).toEqual(['schema-invalid'])
})

test('what ajv finds without a place is located by trying the parts alone', () => {
  expect(
    placesIn({ type: 'object', properties: { a: { type: 'object', properties: { b: { minContains: 1 } } } } }),
  ).toEqual(['schema-invalid 7:9'])
})

test.each([
  ['another host', 'https://example.com/sku.json'],
  ['another file', './sku.json'],
  ['a definition that is not there', '#/$defs/sku'],
  ['an anchor that is not there', '#sku'],
  ['what is no schema', '#/required'],
])('a reference to %s leads nowhere', (_, $ref) => {
  expect(codesIn({ required: ['a'], properties: { a: { $ref } } })).toEqual(['schema-ref-unresolved'])
})

test.each([
  ['itself', { $ref: '#' }],
  ['itself by allOf', { allOf: [{ $ref: '#' }] }],
  ['itself by a definition', { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }],
  [
    'another that needs it',
    { $defs: { a: { not: { $ref: '#/$defs/b' } }, b: { if: { $ref: '#/$defs/a' }, then: {} } } },
  ],
])('a schema that needs %s for the same value never ends', (_, schema) => {
  expect(codesIn(schema)).toEqual(['schema-endless'])
})

const term = (branches: readonly object[]): object => ({ $ref: '#/$defs/term', $defs: { term: { oneOf: branches } } })
const DOWN = { properties: { of: { items: { $ref: '#/$defs/term' } } } }

test.each([
  ['two branches that go down by one name', term([DOWN, { ...DOWN, required: ['of'] }])],
  [
    'a name and a pattern that holds it',
    { properties: { a: { $ref: '#' } }, patternProperties: { '^a': { $ref: '#' } } },
  ],
  ['a list by items and contains', { items: { $ref: '#' }, contains: { $ref: '#' } }],
  [
    'a base and what extends it',
    { $defs: { base: DOWN, term: { allOf: [{ $ref: '#/$defs/base' }, DOWN] } }, $ref: '#/$defs/term' },
  ],
  [
    'a chain of definitions, each of which needs the next one twice',
    {
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [
          `d${i}`,
          i === 19 ? {} : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
        ]),
      ),
    },
  ],
])('work explodes over %s', (_, schema) => {
  expect(codesIn(schema)).toContain('schema-exponential')
})

test.each([
  ['two names', { properties: { left: { $ref: '#' }, right: { $ref: '#' } } }],
  ['a name and all others', { properties: { a: { $ref: '#' } }, additionalProperties: { $ref: '#' } }],
  ['one branch of many', term([DOWN, { type: 'string' }, { type: 'number' }])],
  ['branches that go down by other names', term([DOWN, { properties: { by: { items: { $ref: '#/$defs/term' } } } }])],
  [
    'branches that an "if" chooses',
    {
      $ref: '#/$defs/term',
      $defs: {
        term: {
          allOf: [
            { if: { properties: { kind: { const: 'a' } } }, then: DOWN },
            { if: { properties: { kind: { const: 'b' } } }, then: DOWN },
          ],
        },
      },
    },
  ],
])('work stays in proportion over %s', (_, schema) => {
  expect(codesIn(schema)).toEqual([])
})

test.each([
  ['objects', { uniqueItems: true, items: { type: 'object' } }, ['schema-slow-unique-items']],
  ['anything', { uniqueItems: true }, ['schema-slow-unique-items']],
  ['objects, few of them', { uniqueItems: true, items: { type: 'object' }, maxItems: 100 }, []],
  ['words', { uniqueItems: true, items: { type: 'string' } }, []],
  ['anything, when nobody asks for it', { uniqueItems: false }, []],
])('unique items of %s give %j', (_, schema, codes) => {
  expect(codesIn({ type: 'array', ...schema })).toEqual(codes)
})

const SLOW = '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$'
const smaller = (size: string): string =>
  CONFIG.replace('access: authenticated', `access: authenticated\n    requests: { body: ${size} }`)

test('a pattern that is slow on long texts may see short ones', () => {
  expect(codesIn({ properties: { a: { type: 'string', pattern: SLOW } } })).toEqual(['pattern-slow'])
  expect(codesIn({ properties: { a: { type: 'string', pattern: SLOW, maxLength: 254 } } })).toEqual([])
  expect(codesIn({ properties: { a: { type: 'string', pattern: SLOW } } }, smaller('10KB'))).toEqual([])
})

test('a bound does not help an exponential pattern, nor one for names', () => {
  expect(codesIn({ properties: { a: { type: 'string', pattern: '^(a+)+$', maxLength: 254 } } })).toEqual([
    'pattern-exponential',
  ])
  expect(codesIn({ patternProperties: { [SLOW]: {} } })).toEqual(['pattern-slow'])
})

test('what two routes say of one file is told once', () => {
  const routes =
    '      POST /: { scope: read, body: ./order.schema.json }\n      PUT /: { scope: read, body: order.schema.json }\n'
  const diagnostics = checkText(orderConfig({ routes }), { 'order.schema.json': '{ "typ": "object" }' })
  expect(summaryOf(diagnostics)).toEqual(['schema-unknown-keyword order.schema.json:1:3'])
})

test('one file that names its id may be the schema of several routes', () => {
  const routes =
    '      POST /: { scope: read, body: ./order.schema.json }\n      PUT /: { scope: read, body: order.schema.json }\n'
  expect(checkText(orderConfig({ routes }), { 'order.schema.json': '{ "$id": "order", "type": "object" }' })).toEqual(
    [],
  )
})

const NAMES = Array.from({ length: 3_000 }, (_, i) => `p${i}`)
const toItself = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, { $ref: '#/$defs/x' }]))

test.each([
  ['thousands of names that lead back to one schema', { properties: toItself(NAMES) }, []],
  ['thousands of patterns that do', { patternProperties: toItself(NAMES) }, ['schema-exponential']],
  [
    'names and patterns that do',
    { properties: toItself(NAMES), patternProperties: toItself(NAMES.slice(0, 200)) },
    ['schema-exponential'],
  ],
])('%s are looked through in no time', (_, x, codes) => {
  const startMs = performance.now()
  expect(codesIn(JSON.stringify({ $ref: '#/$defs/x', $defs: { x } }))).toEqual(codes)
  expect(performance.now() - startMs).toBeLessThan(10_000)
})
