import { beforeAll, describe, expect, test } from 'vitest'
import { AT_MS, createDecider, type Decide } from '../support/decider.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const

function secretOf(letter: string): string {
  return makeSecret('acme', 'live', letter)
}

function keys(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(
      ([id, scopes]) =>
        `      ${id}: { digest: "${digestOf(secretOf(id))}", scopes: [${scopes}], expires: 2099-01-01 }`,
    )
    .join('\n')
}

const MANY_ROUTES = Array.from({ length: 70 }, (_, i) => `      GET /${i}: { scope: ${i % 2 === 0 ? 'even' : 'odd'} }`)

const CONFIG = `version: 1
gateway: { name: acme, listen: "127.0.0.1:0", admin: "127.0.0.1:0", keys: { prefix: acme } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { things:read: Read, things:write: Write, even: Even, odd: Odd }
roles: { writer: [things:write, things:read] }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
      PUT /: { scopes: [things:read, things:write] }
  subscribed:
    basePath: /subscribed
    upstream: origin
    access: subscription
    routes:
      GET /: { scope: things:read }
      PUT /: { scope: things:write }
  other:
    basePath: /other
    upstream: origin
    access: subscription
    routes:
      GET /: { scope: things:read }
  many:
    basePath: /many
    upstream: origin
    access: authenticated
    routes:
${MANY_ROUTES.join('\n')}
tenants:
  approved:
    subscriptions:
      subscribed: { status: approved, by: team, since: 2026-11-20, until: 2026-11-24 }
      other: { status: pending, since: 2026-11-20 }
    keys:
${keys({ a: 'things:read, even' })}
  future:
    subscriptions:
      subscribed: { status: approved, by: team, since: 2026-11-23 }
      other: { status: approved, by: team, since: 2026-11-01 }
    keys:
${keys({ b: 'things:read, things:write, odd' })}
  nobody:
    keys:
${keys({ c: 'things:read, things:write' })}
      d: { digest: "${digestOf(secretOf('d'))}", roles: [writer], expires: 2099-01-01 }
${keys({ e: 'things:write' })}
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

function answerTo(letter: (typeof LETTERS)[number], method: string, url: string, afterMs = 0): string {
  const { refusal } = decide({ method, url, headers: [['x-api-key', secretOf(letter)]], afterMs })
  return refusal === null ? 'allowed' : `${refusal.status} ${refusal.code}`
}

function at(instant: string): number {
  return Date.parse(instant) - AT_MS
}

const SCOPE = '403 insufficient-scope'

describe('scopes', () => {
  test('all that a route needs must be held, whether by name or by role', () => {
    expect([answerTo('a', 'GET', '/things'), answerTo('a', 'PUT', '/things')]).toEqual(['allowed', SCOPE])
    expect([answerTo('c', 'GET', '/things'), answerTo('c', 'PUT', '/things')]).toEqual(['allowed', 'allowed'])
    expect([answerTo('d', 'GET', '/things'), answerTo('d', 'PUT', '/things')]).toEqual(['allowed', 'allowed'])
    expect([answerTo('e', 'GET', '/things'), answerTo('e', 'PUT', '/things')]).toEqual([SCOPE, SCOPE])
  })

  test('a refusal names what the route needs, not what the key holds', () => {
    const { refusal } = decide({ method: 'PUT', url: '/things', headers: [['x-api-key', secretOf('a')]] })
    expect(refusal).toMatchObject({
      headers: 'www-authenticate: Bearer error="insufficient_scope", scope="things:read things:write"\r\n',
      members: { requiredScopes: ['things:read', 'things:write'] },
      close: false,
    })
  })

  test('HEAD needs what GET needs', () => {
    expect([answerTo('a', 'HEAD', '/things'), answerTo('e', 'HEAD', '/things')]).toEqual(['allowed', SCOPE])
  })

  test('are told apart for each of more routes than a word has bits', () => {
    const allowed = (letter: 'a' | 'b'): number[] =>
      Array.from({ length: 70 }, (_, i) => i).filter((i) => answerTo(letter, 'GET', `/many/${i}`) === 'allowed')
    expect(allowed('a')).toEqual(Array.from({ length: 35 }, (_, i) => 2 * i))
    expect(allowed('b')).toEqual(Array.from({ length: 35 }, (_, i) => 2 * i + 1))
  })
})

describe('a subscription', () => {
  test('that nobody asked for is missing, whatever scopes are held', () => {
    expect(answerTo('c', 'GET', '/subscribed')).toBe('403 subscription-missing')
    expect(answerTo('e', 'GET', '/subscribed')).toBe('403 subscription-missing')
  })

  test('that is pending is not approved', () => {
    expect(answerTo('a', 'GET', '/other')).toBe('403 subscription-not-approved')
  })

  test('holds from its first instant until its last', () => {
    expect(answerTo('a', 'GET', '/subscribed')).toBe('allowed')
    expect(answerTo('a', 'GET', '/subscribed', at('2026-11-24T00:00:00Z') - 1)).toBe('allowed')
    expect(answerTo('a', 'GET', '/subscribed', at('2026-11-24T00:00:00Z'))).toBe('403 subscription-not-approved')
    expect(answerTo('b', 'GET', '/subscribed', at('2026-11-23T00:00:00Z') - 1)).toBe('403 subscription-not-approved')
    expect(answerTo('b', 'GET', '/subscribed', at('2026-11-23T00:00:00Z'))).toBe('allowed')
    expect(answerTo('b', 'GET', '/other')).toBe('allowed')
  })

  test('does not stand for scopes, and is looked at before them', () => {
    expect(answerTo('a', 'PUT', '/subscribed')).toBe(SCOPE)
    expect(answerTo('a', 'PUT', '/subscribed', at('2026-11-24T00:00:00Z'))).toBe('403 subscription-not-approved')
  })

  test('a refusal of it has no challenge', () => {
    const { refusal } = decide({ url: '/other', headers: [['x-api-key', secretOf('a')]] })
    expect(refusal?.headers).toBe('')
  })
})
