import { describe, test } from 'vitest'
import type { AimedRequest } from './generate-requests.ts'
import { digestOf } from './generate-secret.ts'
import { api, expectAnswers, request, SECRETS, withKey } from './sentence.ts'

describe('a credential', () => {
  const closed = api('closed', 'basePath: /k\naccess: authenticated', 'GET /: { scope: read }')
  const bearer = (authorization: string): AimedRequest => request('GET /k', { headers: { authorization } })

  test('comes in x-api-key, or as a bearer in any case; any other authorization is none', () =>
    expectAnswers(closed, [
      [request('GET /k'), '401 missing-credential'],
      [withKey('GET /k', SECRETS.reader), '200'],
      [bearer(`bEARER ${SECRETS.reader}`), '200'],
      [bearer(SECRETS.reader), '401 missing-credential'],
      [bearer(`Basic ${SECRETS.reader}`), '401 missing-credential'],
    ]))

  test('may come twice, but not as two', () =>
    expectAnswers(closed, [
      [withKey('GET /k', SECRETS.reader, { headers: { authorization: `Bearer ${SECRETS.reader}` } }), '200'],
      [
        withKey('GET /k', SECRETS.reader, { headers: { authorization: `Bearer ${SECRETS.full}` } }),
        '400 ambiguous-credential',
      ],
    ]))

  test('that is unknown, mistyped, of another environment or of another format is one that is unknown', () =>
    expectAnswers(closed, [
      [withKey('GET /k', SECRETS.unknown), '401 invalid-key'],
      [withKey('GET /k', SECRETS.mistyped), '401 invalid-key'],
      [withKey('GET /k', SECRETS.testing), '401 invalid-key'],
      [withKey('GET /k', SECRETS.unmarked), '401 invalid-key'],
      [withKey('GET /k', 'aaa.bbb.ccc'), '401 invalid-key'],
      [withKey('GET /k', SECRETS.imported), '200'],
    ]))

  test('opens from its first instant until before its last, and a retired one until before its own', () =>
    expectAnswers(closed, [
      [withKey('GET /k', SECRETS.other, { afterMs: 4999 }), '401 key-not-yet-valid'],
      [withKey('GET /k', SECRETS.old, { afterMs: 4999 }), '200'],
      [withKey('GET /k', SECRETS.other, { afterMs: 5000 }), '200'],
      [withKey('GET /k', SECRETS.old, { afterMs: 5000 }), '401 invalid-key'],
      [withKey('GET /k', SECRETS.other, { afterMs: 9999 }), '200'],
      [withKey('GET /k', SECRETS.other, { afterMs: 10_000 }), '401 expired-key'],
    ]))

  test('that is revoked says so before anything else of it, and another secret of its key opens', () =>
    expectAnswers(
      closed,
      [
        [withKey('GET /k', SECRETS.full), '401 revoked-key'],
        [withKey('GET /k', SECRETS.old), '200'],
        [withKey('GET /k', SECRETS.old, { afterMs: 5000 }), '401 invalid-key'],
        [withKey('GET /k', SECRETS.other), '401 revoked-key'],
        [withKey('GET /k', SECRETS.reader), '200'],
        [withKey('GET /k', SECRETS.testing), '401 invalid-key'],
      ],
      `# no more\n${digestOf(SECRETS.full)}\nkey:late\nkey:testing\n`,
    ))

  test('is held to its addresses, which a trusted proxy may report and nobody else', () => {
    const from = (peer: string, forwarded?: string): AimedRequest =>
      withKey('GET /k', SECRETS.other, {
        afterMs: 6000,
        peer,
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      })
    return expectAnswers(closed, [
      [from('198.51.100.1'), '403 address-not-allowed'],
      [from('198.51.100.1', '203.0.113.1'), '403 address-not-allowed'],
      [from('10.0.0.1', '203.0.113.1'), '200'],
      [from('10.0.0.1', '203.0.113.1, 198.51.100.1'), '403 address-not-allowed'],
      [from('10.0.0.1', '198.51.100.1, 203.0.113.1, 10.0.0.2'), '200'],
      [from('::ffff:203.0.113.1'), '200'],
    ])
  })
})

describe('authorization', () => {
  const closed = api(
    'closed',
    'basePath: /k\naccess: authenticated',
    'GET /: { scopes: [read, write] }',
    'POST /: { scope: read }',
  )

  test('asks for all scopes, held by roles or alone', () =>
    expectAnswers(closed, [
      [withKey('GET /k', SECRETS.reader), '403 insufficient-scope'],
      [withKey('GET /k', SECRETS.full), '200'],
    ]))

  test('asks for a subscription that is approved and holds now', () =>
    expectAnswers(api('missing', 'basePath: /missing\naccess: subscription', 'GET /: { scope: write }'), [
      [withKey('GET /subscribed', SECRETS.reader, { afterMs: -1 }), '403 subscription-not-approved'],
      [withKey('GET /subscribed', SECRETS.reader), '200'],
      [withKey('GET /subscribed', SECRETS.reader, { afterMs: 10_000 }), '403 subscription-not-approved'],
      [withKey('GET /pending', SECRETS.reader), '403 subscription-not-approved'],
      [withKey('GET /missing', SECRETS.reader), '403 subscription-missing'],
    ]))

  test('that refuses takes a unit of the rate and answers as it would have', () =>
    expectAnswers(closed, [
      ...[1, 2, 3, 4].map(() => [withKey('GET /pending', SECRETS.full), '403 subscription-not-approved'] as const),
      [withKey('POST /k', SECRETS.full), '429 rate-exceeded'],
    ]))
})

describe('limits', () => {
  const limited = (limits: string, route = ''): string =>
    api('limited', `basePath: /n\naccess: authenticated\nlimits: ${limits}`, `GET /: { scope: read${route} }`)
  const inFlight = (line: string, secret: string, endsAfter: number): AimedRequest =>
    withKey(line, secret, { endsAfter })

  test('a rate gives one unit back after the other, up to its burst', () =>
    expectAnswers(limited('{ rate: 60/min, burst: 2 }'), [
      [withKey('GET /n', SECRETS.reader), '200'],
      [withKey('GET /n', SECRETS.reader), '200'],
      [withKey('GET /n', SECRETS.reader), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 990 }), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 1000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '429 rate-exceeded'],
    ]))

  test('cost counts against the rate of a key and not against that of a route', () =>
    expectAnswers(limited('{ rate: 60/min, burst: 1 }', ', cost: 3'), [
      [withKey('GET /n', SECRETS.full), '200'],
      [withKey('GET /n', SECRETS.full, { afterMs: 1000 }), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.full, { afterMs: 3000 }), '200'],
    ]))

  test('a quota begins anew with the day in UTC, and the longest wait gives the code', () =>
    expectAnswers(limited('{ quota: 1/day, concurrency: 1 }'), [
      [inFlight('GET /n', SECRETS.reader, 1), '200'],
      [withKey('GET /n', SECRETS.reader), '429 quota-exceeded'],
      [withKey('GET /n', SECRETS.reader, { wallMs: Date.parse('2026-11-22T23:59:59.999Z') }), '429 quota-exceeded'],
      [withKey('GET /n', SECRETS.reader, { wallMs: Date.parse('2026-11-23T00:00:00Z') }), '200'],
    ]))

  test('what is in flight counts until it ends, and only what was let through', () =>
    expectAnswers(limited('{ concurrency: 1, per: tenant }'), [
      [inFlight('GET /n', SECRETS.reader, 2), '200'],
      [inFlight('GET /n', SECRETS.full, 9), '429 concurrency-exceeded'],
      [inFlight('GET /n', SECRETS.reader, 9), '429 concurrency-exceeded'],
      [withKey('GET /n', SECRETS.full), '200'],
    ]))

  test('an address is counted by itself, and one of IPv6 as its network of 64 bits', () => {
    const from = (peer: string): AimedRequest => withKey('GET /n', SECRETS.reader, { peer })
    return expectAnswers(limited('{ rate: 1/h, per: address }'), [
      [from('203.0.113.1'), '200'],
      [from('203.0.113.2'), '200'],
      [from('203.0.113.1'), '429 rate-exceeded'],
      [from('2001:db8::1'), '200'],
      [from('2001:db8::ffff:1'), '429 rate-exceeded'],
      [from('2001:db8:0:1::1'), '200'],
    ])
  })
})
