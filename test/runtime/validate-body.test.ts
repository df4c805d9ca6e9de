import { beforeAll, describe, expect, test } from 'vitest'
import type { Refusal } from '../../runtime/refusals.ts'
import { checkBodyType, validateBody } from '../../runtime/validate-body.ts'
import { createDecider, type Decide } from '../support/decider.ts'

const CONFIG = `version: 1
gateway: { name: bodies, listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      POST /orders: { body: ./order.schema.json }
`

const SCHEMA = {
  type: 'object',
  required: ['sku', 'quantity'],
  properties: {
    sku: { type: 'string', minLength: 1 },
    quantity: { type: 'integer', minimum: 1 },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
    lines: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { n: { type: 'number' } } },
    },
  },
  additionalProperties: false,
}

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG, { 'order.schema.json': JSON.stringify(SCHEMA) })
})

function post(headers: readonly (readonly [string, string])[]): ReturnType<Decide> {
  return decide({ method: 'POST', url: '/orders', headers })
}

describe('the type of a body', () => {
  function typeOf(contentType: string | null, more: readonly (readonly [string, string])[] = []): string {
    const lines = contentType === null ? [] : [['content-type', contentType] as const]
    const refusal = checkBodyType(post([['content-length', '2'], ...lines, ...more]))
    return refusal === null ? 'fine' : `${refusal.status} ${refusal.code}`
  }

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
    'application/problem+json',
    'application/vnd.example.order.v1+json',
    'application/a+b+json',
  ])('%s is taken', (type) => {
    expect(typeOf(type)).toBe('fine')
  })

  test.each([
    null,
    '',
    'text/json',
    'text/plain',
    'application/xml',
    'application/jsonx',
    'application/json5',
    'application/+json',
    'application/json+xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    '*/*',
    'json',
    'x application/json',
  ])('%s is not', (type) => {
    expect(typeOf(type)).toBe('415 unsupported-media-type')
  })

  test('two of them are none', () => {
    expect(typeOf('application/json', [['content-type', 'application/json']])).toBe('415 unsupported-media-type')
  })

  test.each(['gzip', 'br', 'identity', 'deflate, gzip'])('a body coded as %s is not taken', (coding) => {
    expect(typeOf('application/json', [['content-encoding', coding]])).toBe('415 unsupported-media-type')
  })

  test('the longest type that headers have room for is read in a moment', () => {
    for (const part of ['a+', '+', 'a', '+json']) {
      const began = performance.now()
      typeOf(`application/${part.repeat(7000 / part.length)}!`)
      expect(performance.now() - began).toBeLessThan(50)
    }
  })

  test('no body is one that cannot be read', () => {
    const json = ['content-type', 'application/json'] as const
    for (const headers of [[json], [json, ['content-length', '0']]] as const) {
      expect(checkBodyType(post(headers))).toMatchObject({ status: 400, code: 'unreadable-body' })
    }
    expect(checkBodyType(post([json, ['transfer-encoding', 'chunked']]))).toBeNull()
  })
})

describe('a body', () => {
  function validate(text: string): Refusal | null {
    return validateBody(post([['content-type', 'application/json']]), Buffer.from(text))
  }

  /** "pointer detail" of each violation. */
  function violationsOf(text: string): string[] {
    const refusal = validate(text)
    expect(refusal).toMatchObject({ status: 422, code: 'invalid-request', close: false })
    // Safe: the step names the shape.
    const errors = refusal?.members['errors'] as { readonly pointer: string; readonly detail: string }[]
    return errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
  }

  test('that meets its schema is let through', () => {
    expect(validate('{"sku":"a","quantity":1,"tags":{"x":"y"},"lines":[{"n":1},{}]}')).toBeNull()
  })

  test('that does not is told of every violation, by pointers', () => {
    expect(violationsOf('{"quantity":0,"extra":1,"lines":[{"n":"x"},{"m":1}]}')).toEqual([
      "# must have required property 'sku'",
      '# must NOT have additional properties',
      '#/quantity must be >= 1',
      '#/lines/0/n must be number',
      '#/lines/1 must NOT have additional properties',
    ])
    expect(violationsOf('[]')).toEqual(['# must be object'])
  })

  test.each([
    ['a slash and a tilde', 'a/b~c', '#/tags/a~1b~0c'],
    ['a blank', 'a b', '#/tags/a%20b'],
    ['a character above ASCII', 'caf\u00e9', '#/tags/caf%C3%A9'],
    ['a number sign', 'a#b', '#/tags/a%23b'],
    ['a percent sign', 'a%b', '#/tags/a%25b'],
    ['quotes', 'a"b', '#/tags/a%22b'],
    ['nothing', '', '#/tags/'],
    ['half of a pair', '\ud800', '#/tags/%EF%BF%BD'],
  ])('has a pointer that is a fragment for a name with %s', (_, name, pointer) => {
    expect(violationsOf(JSON.stringify({ sku: 'a', quantity: 1, tags: { [name]: 1 } }))).toEqual([
      `${pointer} must be string`,
    ])
  })

  test('with very many violations is told of a hundred', () => {
    expect(violationsOf(JSON.stringify({ sku: 'a', quantity: 1, lines: Array<number>(5000).fill(1) }))).toHaveLength(
      100,
    )
  })

  test.each([
    ['a member twice', '{"sku":"a","sku":"a","quantity":1}'],
    ['no JSON', '{"sku":'],
    ['nothing', ''],
  ])('that cannot be read in one way is 400: %s', (_, text) => {
    expect(validate(text)).toMatchObject({ status: 400, code: 'unreadable-body' })
  })

  test('cannot change what objects are', () => {
    expect(violationsOf('{"sku":"a","quantity":1,"__proto__":{"x":1}}')).toEqual([
      '# must NOT have additional properties',
    ])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
