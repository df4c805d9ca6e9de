import { beforeAll, describe, expect, test } from 'vitest'
import { commonLines } from '../../runtime/answer-lines.ts'
import { createDecider, type Decide } from '../support/decider.ts'
import { parseLines } from '../support/header-lines.ts'

const CONFIG = `version: 1
gateway: { name: lives, listen: "127.0.0.1:0", admin: "127.0.0.1:0", keys: { prefix: lives } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes:
  things:read: Read things
apis:
  paused:
    basePath: /paused
    lifecycle: paused
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
  retired:
    basePath: /retired
    lifecycle: retired
    deprecation: { since: 2026-01-01, sunset: 2026-10-01, successor: deprecated, link: https://docs.example.com/old }
    upstream: origin
    access: authenticated
    cors: { origins: [https://app.example.com] }
    routes:
      GET /: { scope: things:read }
  deprecated:
    basePath: /deprecated
    lifecycle: deprecated
    deprecation: { since: 2026-10-01, sunset: 2027-06-30, successor: current, link: https://docs.example.com/migrate }
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
  current:
    basePath: /current/{region}
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
tenants:
  globex:
    keys:
      reader:
        digest: sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f
        scopes: [things:read]
        expires: 2099-01-01
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

describe('an api that is paused', () => {
  test('answers 503 with when to come again, whoever asks', () => {
    expect(decide({ url: '/paused' }).refusal).toMatchObject({
      status: 503,
      code: 'paused',
      headers: 'retry-after: 60\r\n',
      members: { retryAfter: 60 },
      close: false,
    })
  })

  test('has no other method', () => {
    expect(decide({ method: 'PUT', url: '/paused' }).refusal?.code).toBe('method-not-allowed')
  })
})

describe('an api that is retired', () => {
  test('answers 410 with who comes after it', () => {
    const exchange = decide({ url: '/retired' })
    expect(exchange.refusal).toMatchObject({ status: 410, code: 'retired' })
    expect(parseLines(commonLines(exchange))).toContainEqual(['link', '</deprecated>; rel="successor-version"'])
  })

  test('answers preflights so, too', () => {
    const headers = [
      ['origin', 'https://app.example.com'],
      ['access-control-request-method', 'GET'],
    ] as const
    expect(decide({ method: 'OPTIONS', url: '/retired', headers }).refusal?.code).toBe('retired')
  })
})

describe('an api that is deprecated', () => {
  test('says so in every answer, refusals included', () => {
    const exchange = decide({ url: '/deprecated' })
    expect(exchange.refusal?.code).toBe('missing-credential')
    expect(parseLines(commonLines(exchange)).filter(([name]) => /^(deprecation|sunset|link)$/.test(name))).toEqual([
      ['deprecation', '@1790812800'],
      ['sunset', 'Wed, 30 Jun 2027 00:00:00 GMT'],
      ['link', '</current/>; rel="successor-version"'],
      ['link', '<https://docs.example.com/migrate>; rel="deprecation"'],
    ])
  })
})

test('an api that is published says nothing of it', () => {
  const names = parseLines(commonLines(decide({ url: '/current/eu' }))).map(([name]) => name)
  expect(names).toEqual(['x-request-id'])
})
