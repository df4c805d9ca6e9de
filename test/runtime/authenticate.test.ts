import { beforeAll, describe, expect, test } from 'vitest'
import { digestOf as digestText } from '../../runtime/identity/digest-index.ts'
import { writeHex } from '../../runtime/identity/digest-table.ts'
import { createRevocationList } from '../../runtime/revocations/revocation-list.ts'
import { applyRevocations, createRevoked, isTokenRevoked } from '../../runtime/revocations/revoked.ts'
import { createDecider, createTableDecider, loadTestTable, AT_MS, type Decide } from '../support/decider.ts'
import { sentLines } from '../support/sent-lines.ts'
import { digestOf, makeSecret, withChecksum } from '../support/make-secret.ts'

type Headers = readonly (readonly [name: string, value: string])[]

const READER = makeSecret('acme', 'live', 'r')
const OLD_READER = makeSecret('acme', 'live', 'o')
const SUSPENDED = makeSecret('acme', 'live', 's')
const EXPIRED = makeSecret('acme', 'live', 'e')
const EARLY = makeSecret('acme', 'live', 'n')
const INSIDE = makeSecret('acme', 'live', 'i')
const ALL_AT_ONCE = makeSecret('acme', 'live', 'a')
const EARLY_OUTSIDE = makeSecret('acme', 'live', 'b')
const TESTING = makeSecret('acme', 'test', 't')
const FOREIGN = 'another-system-gave-this-out'
const LIKE_A_TOKEN = 'aaaaaaaaaaaa.bbbbbbbbbbbb.cccccccccccc'
/** Of our form, but its key is marked as another system's; and the other way round. */
const MARKED_FOREIGN = makeSecret('acme', 'live', 'f')
const UNMARKED = 'nobody-marked-this-as-imported'
/** Known, and its form says that it is mistyped. */
const MISTYPED = READER.slice(0, -1) + (READER.endsWith('0') ? '1' : '0')

const DAY_MS = 86_400_000

const CONFIG = `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: acme, accept: [live], headers: [x-api-key, x-other-key, authorization] }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes:
  things:read: Read things
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
tenants:
  globex:
    keys:
      reader:
        digest: ${digestOf(READER)}
        retiring: { digest: "${digestOf(OLD_READER)}", until: 2026-11-24 }
        scopes: [things:read]
        expires: 2099-01-01
      suspended:
        digest: ${digestOf(SUSPENDED)}
        scopes: [things:read]
        suspended: { since: 2026-11-23, reason: unpaid }
        expires: 2099-01-01
      expired:
        digest: ${digestOf(EXPIRED)}
        scopes: [things:read]
        expires: 2026-11-24T00:00:00Z
      early:
        digest: ${digestOf(EARLY)}
        scopes: [things:read]
        notBefore: 2026-11-23
        expires: 2099-01-01
      inside:
        digest: ${digestOf(INSIDE)}
        scopes: [things:read]
        allowIps: [203.0.113.0/24, "2001:db8::/32"]
        expires: 2099-01-01
      all-at-once:
        digest: ${digestOf(ALL_AT_ONCE)}
        scopes: [things:read]
        allowIps: [203.0.113.0/24]
        suspended: { since: 2026-11-25, reason: unpaid }
        expires: 2026-11-24
      early-outside:
        digest: ${digestOf(EARLY_OUTSIDE)}
        scopes: [things:read]
        allowIps: [203.0.113.0/24]
        notBefore: 2026-11-23
        expires: 2099-01-01
      testing:
        digest: ${digestOf(TESTING)}
        scopes: [things:read]
        expires: 2099-01-01
      foreign:
        digest: ${digestOf(FOREIGN)}
        imported: true
        scopes: [things:read]
        expires: 2099-01-01
      like-a-token:
        digest: ${digestOf(LIKE_A_TOKEN)}
        imported: true
        scopes: [things:read]
        expires: 2099-01-01
      marked-foreign:
        digest: ${digestOf(MARKED_FOREIGN)}
        imported: true
        scopes: [things:read]
        expires: 2099-01-01
      unmarked:
        digest: ${digestOf(UNMARKED)}
        scopes: [things:read]
        expires: 2099-01-01
      mistyped:
        digest: ${digestOf(MISTYPED)}
        scopes: [things:read]
        expires: 2099-01-01
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

/** The id of the key that is let through, or the status and code of the refusal. */
function answerTo(headers: Headers, at: { readonly from?: string; readonly afterMs?: number } = {}): string {
  const { refusal, caller } = decide({ url: '/things', headers, ...at })
  return refusal === null ? (caller?.id ?? 'nobody') : `${refusal.status} ${refusal.code}`
}

function asKey(secret: string): Headers {
  return [['x-api-key', secret]]
}

/** How long after the tests' clock, at noon of 22 November 2026, a day begins. */
function at(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) - AT_MS
}

const INVALID = '401 invalid-key'

describe('where a credential may stand', () => {
  test.each([
    ['the first header', [['x-api-key', READER]]],
    ['another header', [['x-other-key', READER]]],
    ['a bearer', [['authorization', `Bearer ${READER}`]]],
    ['a bearer in small letters', [['authorization', `bearer ${READER}`]]],
    ['a bearer in capitals', [['authorization', `BEARER ${READER}`]]],
    ['a bearer behind blanks', [['authorization', `Bearer   ${READER}`]]],
    ['the same in two headers', [...asKey(READER), ['authorization', `Bearer ${READER}`]]],
    ['the same in two lines', [...asKey(READER), ...asKey(READER)]],
    ['an empty one besides', [['x-other-key', ''], ...asKey(READER)]],
    ['another scheme besides', [['authorization', 'Basic dTpw'], ...asKey(READER)]],
  ] as const)('%s', (_, headers) => {
    expect(answerTo(headers)).toBe('reader')
  })

  test.each([
    ['nothing', []],
    ['an empty value', asKey('')],
    ['another scheme', [['authorization', `Basic ${READER}`]]],
    ['no scheme', [['authorization', READER]]],
    ['a scheme alone', [['authorization', 'Bearer']]],
    ['a scheme that only begins so', [['authorization', `Bearers ${READER}`]]],
    ['a scheme without a blank', [['authorization', `Bearer${READER}`]]],
    ['a header that the gateway does not look at', [['x-key', READER]]],
    ['a header that only looks the same', [['x_api_key', READER]]],
  ] as const)('%s is no credential', (_, headers) => {
    expect(answerTo(headers)).toBe('401 missing-credential')
  })

  test.each([
    ['in two headers', [...asKey(READER), ['authorization', `Bearer ${OLD_READER}`]]],
    ['in two lines of one', [...asKey(READER), ...asKey(OLD_READER)]],
    ['one of them unknown', [['x-other-key', 'x'], ...asKey(READER)]],
    ['the first of three again in the last', [...asKey('a'), ...asKey('b'), ...asKey('a')]],
  ] as const)('two that differ are ambiguous, %s', (_, headers) => {
    expect(answerTo(headers)).toBe('400 ambiguous-credential')
  })

  test('a public route looks at none of them, and none goes on to the upstream', () => {
    const headers: Headers = [
      ...asKey(READER),
      ['x-other-key', 'x'],
      ['authorization', 'Basic dTpw'],
      ['x_api_key', 'y'],
    ]
    const exchange = decide({ url: '/open', headers })
    expect(exchange).toMatchObject({ refusal: null, caller: null })
    expect(sentLines(exchange)).not.toMatch(/api.key|other-key|authorization|x-keysmith/i)
  })

  test('a key that is let through goes on as a name, never as a secret', () => {
    const lines = sentLines(decide({ url: '/things', headers: [['authorization', `Bearer ${READER}`]] }))
    expect(lines).toContain('x-keysmith-key: reader\r\n')
    expect(lines).not.toMatch(/authorization|acme_live/)
  })
})

describe('which credential opens', () => {
  test('a typo, another environment, an unknown key and garbage get one answer', () => {
    const typo = READER.slice(0, 12) + 'x' + READER.slice(13)
    const values = [
      typo,
      MISTYPED,
      READER + 'x',
      READER.slice(0, -1),
      READER.toUpperCase(),
      ` ${READER}`,
      TESTING,
      makeSecret('acme', 'live', 'z'),
      makeSecret('other', 'live', 'r'),
      withChecksum('acme_live_' + 'r'.repeat(31)),
      withChecksum('acme_live_' + 'r'.repeat(31) + '-'),
      'acme_',
      'acme',
      'x',
      'a.b.c',
      '\u00e9'.repeat(40),
    ]
    const answers = values.map((value) => {
      const { refusal } = decide({ url: '/things', headers: asKey(value) })
      return JSON.stringify(refusal)
    })
    expect(new Set(answers).size).toBe(1)
    expect(answerTo(asKey(typo))).toBe(INVALID)
  })

  test('an old secret opens until its time is up, and not a millisecond longer', () => {
    expect(answerTo(asKey(OLD_READER))).toBe('reader')
    expect(answerTo(asKey(OLD_READER), { afterMs: at('2026-11-24') - 1 })).toBe('reader')
    expect(answerTo(asKey(OLD_READER), { afterMs: at('2026-11-24') })).toBe(INVALID)
    expect(answerTo(asKey(READER), { afterMs: at('2026-11-24') })).toBe('reader')
  })

  test("another system's secret opens only the key that is marked so", () => {
    expect(answerTo(asKey(FOREIGN))).toBe('foreign')
    expect(answerTo([['authorization', `Bearer ${FOREIGN}`]])).toBe('foreign')
    expect(answerTo(asKey(UNMARKED))).toBe(INVALID)
    expect(answerTo(asKey(MARKED_FOREIGN))).toBe(INVALID)
  })

  test('three parts with dots between are a token, which is no key of another system', () => {
    expect(answerTo(asKey(LIKE_A_TOKEN))).toBe(INVALID)
  })

  test('what was verified once is held against its times again', () => {
    expect(answerTo(asKey(EXPIRED))).toBe('expired')
    expect(answerTo(asKey(EXPIRED), { afterMs: at('2026-11-24') })).toBe('401 expired-key')
    expect(answerTo(asKey(INSIDE), { from: '203.0.113.7' })).toBe('inside')
    expect(answerTo(asKey(INSIDE), { from: '203.0.114.7' })).toBe('403 address-not-allowed')
  })
})

describe('the state of a key', () => {
  test.each([
    ['a suspended key before', SUSPENDED, at('2026-11-23') - 1, 'suspended'],
    ['a suspended key', SUSPENDED, at('2026-11-23'), '403 suspended'],
    ['an expired key before', EXPIRED, at('2026-11-24') - 1, 'expired'],
    ['an expired key', EXPIRED, at('2026-11-24'), '401 expired-key'],
    ['an early key', EARLY, at('2026-11-23') - 1, '401 key-not-yet-valid'],
    ['an early key when its time has come', EARLY, at('2026-11-23'), 'early'],
  ])('%s', (_, secret, afterMs, expected) => {
    expect(answerTo(asKey(secret), { afterMs })).toBe(expected)
  })

  test.each([
    ['203.0.113.0', 'inside'],
    ['203.0.113.255', 'inside'],
    ['203.0.112.255', '403 address-not-allowed'],
    ['203.0.114.0', '403 address-not-allowed'],
    ['::ffff:203.0.113.9', 'inside'],
    ['2001:db8:ffff::1', 'inside'],
    ['2001:db9::', '403 address-not-allowed'],
    ['::1', '403 address-not-allowed'],
  ])('from %s', (from, expected) => {
    expect(answerTo(asKey(INSIDE), { from })).toBe(expected)
  })

  test('the address is the one that a trusted proxy names, and nobody else', () => {
    const named: Headers = [...asKey(INSIDE), ['x-forwarded-for', '203.0.113.9']]
    expect(answerTo(named, { from: '10.0.0.1' })).toBe('inside')
    expect(answerTo(named, { from: '192.0.2.1' })).toBe('403 address-not-allowed')
    expect(answerTo(asKey(INSIDE), { from: '10.0.0.1' })).toBe('403 address-not-allowed')
  })

  test('suspension is told of before an end, the end before the address', () => {
    expect(answerTo(asKey(ALL_AT_ONCE), { afterMs: at('2026-11-23') })).toBe('403 address-not-allowed')
    expect(answerTo(asKey(ALL_AT_ONCE), { afterMs: at('2026-11-24') })).toBe('401 expired-key')
    expect(answerTo(asKey(ALL_AT_ONCE), { afterMs: at('2026-11-25') })).toBe('403 suspended')
    expect(answerTo(asKey(ALL_AT_ONCE), { afterMs: at('2026-11-25'), from: '203.0.113.1' })).toBe('403 suspended')
  })

  test('a key that is early is told so before its address', () => {
    expect(answerTo(asKey(EARLY_OUTSIDE))).toBe('401 key-not-yet-valid')
    expect(answerTo(asKey(EARLY_OUTSIDE), { afterMs: DAY_MS })).toBe('403 address-not-allowed')
  })
})

describe('what a refused caller is told', () => {
  function challengeOf(headers: Headers, afterMs = 0): string | undefined {
    return decide({ url: '/things', headers, afterMs }).refusal?.headers
  }

  test('without a credential there is a challenge and no error', () => {
    expect(challengeOf([])).toBe('www-authenticate: Bearer realm="acme"\r\n')
    expect(challengeOf([['authorization', 'Basic dTpw']])).toBe('www-authenticate: Bearer realm="acme"\r\n')
  })

  test('with one that does not hold there is an error, too', () => {
    const challenge = 'www-authenticate: Bearer realm="acme", error="invalid_token"\r\n'
    expect(challengeOf(asKey('x'))).toBe(challenge)
    expect(challengeOf(asKey(EXPIRED), at('2026-11-24'))).toBe(challenge)
    expect(challengeOf(asKey(EARLY))).toBe(challenge)
  })

  test('who is known but may not come in gets no challenge', () => {
    expect(challengeOf(asKey(SUSPENDED), at('2026-11-23'))).toBe('')
    expect(challengeOf(asKey(INSIDE))).toBe('')
  })

  test('no refusal says whose key it was', () => {
    for (const secret of [EXPIRED, SUSPENDED, INSIDE, EARLY]) {
      const { refusal } = decide({ url: '/things', headers: asKey(secret), afterMs: at('2026-11-24') })
      expect(JSON.stringify(refusal)).not.toMatch(/globex|reader|inside|early|acme_live/)
    }
  })
})

describe('what is revoked', () => {
  const words = (secret: string): Int32Array => {
    const kept = new Int32Array(8)
    writeHex(kept, 0, digestOf(secret).slice('sha256:'.length))
    return kept
  }
  const none = new Int32Array(0)

  test('is told before any other state, by its digest or by its key', async () => {
    const table = await loadTestTable(CONFIG)
    const ask = createTableDecider(table)
    const codeOf = (secret: string): string | undefined =>
      ask({ url: '/things', headers: [['x-api-key', secret]], afterMs: DAY_MS }).refusal?.code
    const before = [READER, OLD_READER, SUSPENDED].map(codeOf)
    expect(before).toEqual([undefined, undefined, 'suspended'])

    applyRevocations(table, createRevocationList(words(READER), ['suspended', 'nobody'], []))
    expect([READER, OLD_READER, SUSPENDED].map(codeOf)).toEqual(['revoked-key', undefined, 'revoked-key'])
    applyRevocations(table, createRevocationList(none, ['reader'], []))
    expect([READER, OLD_READER, SUSPENDED].map(codeOf)).toEqual(['revoked-key', 'revoked-key', 'suspended'])
    applyRevocations(table, createRevocationList(none, [], []))
    expect([READER, OLD_READER, SUSPENDED].map(codeOf)).toEqual(before)
  })

  test('is found in a list that is longer than the table, too', async () => {
    const table = await loadTestTable(CONFIG)
    const many = new Int32Array(8 * 1000)
    for (let i = 0; i < 1000; i++)
      writeHex(many, i, digestOf(i === 700 ? READER : `another ${i}`).slice('sha256:'.length))
    applyRevocations(table, createRevocationList(many, [], []))
    const revoked = table.table.digests.filter((_, position) => table.revoked.digests[position] === 1)
    expect(revoked.map(({ sha256 }) => `sha256:${sha256}`)).toEqual([digestOf(READER)])
  })

  test('may be a token, or whoever tokens speak for', () => {
    const revoked = createRevoked(0, 0)
    const token = { identity: 0, issuer: 'https://id', subject: 'bob', digest: digestText('a.b.c') }
    const hold = (digests: Int32Array, subjects: string[]): boolean => {
      revoked.list = createRevocationList(digests, [], subjects)
      revoked.subjects = new Set(subjects)
      return isTokenRevoked(revoked, token)
    }
    expect(hold(none, [])).toBe(false)
    expect(hold(words('a.b.c'), [])).toBe(true)
    expect(hold(words('a.b.d'), [])).toBe(false)
    expect(hold(none, ['https://id/bob'])).toBe(true)
    expect(hold(none, ['https://id/bo', 'https://other/bob'])).toBe(false)
  })
})
