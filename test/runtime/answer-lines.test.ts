import { beforeAll, describe, expect, test } from 'vitest'
import { answerLines } from '../../runtime/answer-lines.ts'
import { createDecider, type Decide } from '../support/decider.ts'
import { parseLines, valuesOf } from '../support/header-lines.ts'

const CONFIG = `version: 1
gateway: { name: answers, listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  plain:
    basePath: /plain
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
      GET /changed:
        response: { headers: { set: { x-set: by gateway, cache-control: no-store }, remove: [x-powered-by] } }
  shared:
    basePath: /shared
    lifecycle: deprecated
    deprecation: { since: 2026-10-01 }
    upstream: origin
    access: public
    cors: { origins: ["*"] }
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

/** The lines of an answer to `url` when the upstream sends these fields. */
function linesFor(url: string, fields: readonly string[]): string {
  const exchange = decide({ url, headers: [['origin', 'https://app.example.com']] })
  expect(exchange.refusal).toBeNull()
  return answerLines(exchange, { status: 200, fields, isAscii: true, contentLength: -1, hasBody: true })
}

describe("an upstream's fields", () => {
  test('pass in their order, also those that come more than once', () => {
    const fields = ['content-type', 'text/plain', 'set-cookie', 'a=1', 'x-empty', '', 'set-cookie', 'b=2']
    expect(parseLines(linesFor('/plain', fields)).slice(0, 4)).toEqual([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['x-empty', ''],
      ['set-cookie', 'b=2'],
    ])
  })

  test.each(['date', 'server', 'x-request-id', 'ratelimit', 'ratelimit-policy', 'alt-svc'])(
    'of the name %s are not its to say',
    (name) => {
      expect(valuesOf(linesFor('/plain', [name, 'from upstream']), name)).not.toContain('from upstream')
    },
  )

  test('are taken out or written anew where the route says so', () => {
    const fields = ['x-powered-by', 'x', 'x-set', 'by upstream', 'cache-control', 'public', 'cache-control', 'x']
    const lines = linesFor('/plain/changed', fields)
    expect(valuesOf(lines, 'x-powered-by')).toEqual([])
    expect(valuesOf(lines, 'x-set')).toEqual(['by gateway'])
    expect(valuesOf(lines, 'cache-control')).toEqual(['no-store'])
  })

  test('about CORS are dropped where the api has its own, and pass where it has none', () => {
    const fields = ['access-control-allow-origin', 'https://evil.example', 'access-control-allow-credentials', 'true']
    const own = linesFor('/shared', [...fields, 'vary', 'Accept'])
    expect(valuesOf(own, 'access-control-allow-origin')).toEqual(['https://app.example.com'])
    expect(valuesOf(own, 'access-control-allow-credentials')).toEqual([])
    expect(valuesOf(own, 'vary')).toEqual(['Accept', 'Origin'])
    expect(valuesOf(linesFor('/plain', fields), 'access-control-allow-origin')).toEqual(['https://evil.example'])
  })

  test('about deprecation are dropped where the api has its own, and pass where it has none', () => {
    const fields = ['deprecation', '@1', 'sunset', 'Thu, 01 Jan 2026 00:00:00 GMT', 'link', '<x>; rel="next"']
    const own = linesFor('/shared', fields)
    expect(valuesOf(own, 'deprecation')).toEqual(['@1790812800'])
    expect(valuesOf(own, 'sunset')).toEqual([])
    expect(valuesOf(own, 'link')).toEqual(['<x>; rel="next"'])
    expect(valuesOf(linesFor('/plain', fields), 'deprecation')).toEqual(['@1'])
  })

  test('keep their bytes', () => {
    expect(linesFor('/plain', ['x-latin', 'caf\u00e9\u00ff'])).toContain('x-latin: caf\u00e9\u00ff\r\n')
  })
})

test('the limits of the request and its id stand in the answer', () => {
  const names = parseLines(linesFor('/plain', [])).map(([name]) => name)
  expect(names).toEqual(['x-request-id', 'ratelimit-policy', 'ratelimit'])
})
