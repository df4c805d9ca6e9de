import { beforeAll, describe, expect, test } from 'vitest'
import { createDecider, type Decide } from '../support/decider.ts'

const CONFIG = `version: 1
gateway: { name: bodies, listen: "127.0.0.1:0", admin: "127.0.0.1:0", requests: { body: 1KB } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      ANY /plain: {}
      OPTIONS /plain: {}
      GET /only: {}
      POST /large: { requests: { body: 10KB } }
      POST /small: { requests: { body: 10B } }
      ANY /described: { body: ./any.schema.json }
  paused:
    basePath: /paused
    lifecycle: paused
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG, { 'any.schema.json': '{"type":"object"}' })
})

const CHUNKED = ['transfer-encoding', 'chunked'] as const

function answerTo(method: string, url: string, header: readonly [string, string]): string {
  const { refusal } = decide({ method, url, headers: [header] })
  return refusal === null ? 'allowed' : `${refusal.status} ${refusal.code}`
}

function ofLength(bytes: number): readonly [string, string] {
  return ['content-length', String(bytes)]
}

describe('the length that is declared', () => {
  test.each([
    ['/plain', 1000, 'allowed'],
    ['/plain', 1001, '413 body-too-large'],
    ['/large', 10_000, 'allowed'],
    ['/large', 10_001, '413 body-too-large'],
    ['/small', 10, 'allowed'],
    ['/small', 11, '413 body-too-large'],
    ['/described', 1000, 'allowed'],
    ['/described', 1001, '413 body-too-large'],
    ['/nothing', 1000, '404 no-route'],
    ['/nothing', 1001, '413 body-too-large'],
    ['/only', 1000, '405 method-not-allowed'],
    ['/only', 1001, '413 body-too-large'],
  ])('%s with %i bytes: %s', (url, bytes, expected) => {
    expect(answerTo('POST', url, ofLength(bytes))).toBe(expected)
  })

  test('is told to the caller, who is not waited for', () => {
    expect(decide({ method: 'POST', url: '/small', headers: [ofLength(11)] }).refusal).toMatchObject({
      detail: 'A body may have 10 bytes here.',
      close: true,
    })
  })
})

describe('a method that has no body', () => {
  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('%s is refused with one', (method) => {
    expect(answerTo(method, '/plain', ofLength(1))).toBe('400 malformed-request')
    expect(answerTo(method, '/plain', CHUNKED)).toBe('400 malformed-request')
    expect(decide({ method, url: '/plain', headers: [ofLength(1)] }).refusal?.close).toBe(true)
  })

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('%s may say that it has none', (method) => {
    expect(answerTo(method, '/plain', ofLength(0))).toBe('allowed')
  })

  test.each(['GET', 'HEAD', 'DELETE'])('%s may have one where the route describes it', (method) => {
    expect(answerTo(method, '/described', ofLength(1))).toBe('allowed')
    expect(answerTo(method, '/described', CHUNKED)).toBe('allowed')
  })

  test('is refused before the lifecycle of the api is looked at', () => {
    expect(answerTo('GET', '/paused', ofLength(1))).toBe('400 malformed-request')
    expect(answerTo('GET', '/paused', ofLength(0))).toBe('503 paused')
  })
})

describe('a body in chunks', () => {
  test.each(['POST', 'PUT', 'PATCH'])('of %s needs a length, unless the route describes it', (method) => {
    expect(answerTo(method, '/plain', CHUNKED)).toBe('411 length-required')
    expect(answerTo(method, '/described', CHUNKED)).toBe('allowed')
  })

  test('changes nothing where there is no route', () => {
    expect(answerTo('POST', '/nothing', CHUNKED)).toBe('404 no-route')
    expect(answerTo('POST', '/only', CHUNKED)).toBe('405 method-not-allowed')
  })
})
