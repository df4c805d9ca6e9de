import { describe, expect, test } from 'vitest'
import { keyPrefixWords } from '../../../runtime/lockout/lockout.ts'
import { createCounters, createDecider, type Decide } from '../../support/decider.ts'
import { digestOf, withChecksum } from '../../support/make-secret.ts'

const SECRET = withChecksum(`acme_live_${'Ab3dEf9h'}${'x'.repeat(24)}`)
const EXPIRED = withChecksum(`acme_live_${'e'.repeat(32)}`)

function configOf(lockout: string): string {
  return `version: 1
gateway:
  name: locked
  listen: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: acme }
${lockout}
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { use: Use it }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: use }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: everyone }
    routes:
      GET /: {}
tenants:
  globex:
    keys:
      good: { digest: "${digestOf(SECRET)}", scopes: [use], expires: 2099-01-01 }
      old: { digest: "${digestOf(EXPIRED)}", scopes: [use], expires: 2026-01-01 }
`
}

const CONFIG = configOf('  protect: { lockout: { failures: 3, window: 1m, ban: 10m } }')

/** A well-formed key that nobody has. */
function wrongKey(number: number, start = ''): string {
  return withChecksum(`acme_live_${start}${String(number).padStart(32 - start.length, 'w')}`)
}

let numbers = 0
function ask(decide: Decide, secret: string | null, from = '192.0.2.1', afterMs = 0, url = '/things'): string {
  const { refusal } = decide({ url, from, afterMs, headers: secret === null ? [] : [['x-api-key', secret]] })
  return refusal === null ? '200' : `${refusal.status} ${refusal.code}`
}

function fail(decide: Decide, times: number, from?: string, afterMs?: number): string[] {
  return Array.from({ length: times }, () =>
    ask(decide, wrongKey(numbers++, String(numbers).padEnd(8, 'p')), from, afterMs),
  )
}

describe('an address', () => {
  test('is locked out by the last failure that was too many, whatever it presents', async () => {
    const decide = await createDecider(CONFIG)
    expect(fail(decide, 3)).toEqual(['401 invalid-key', '401 invalid-key', '401 invalid-key'])
    expect(ask(decide, SECRET)).toBe('429 locked-out')
    expect(fail(decide, 1)).toEqual(['429 locked-out'])
    expect(ask(decide, SECRET, '192.0.2.2')).toBe('200')
  })

  test('is told how many seconds are left, rounded up, and gets in when they are over', async () => {
    const decide = await createDecider(CONFIG)
    fail(decide, 3, undefined, 100)
    const { refusal } = decide({ url: '/things', headers: [['x-api-key', SECRET]], afterMs: 101 })
    expect(refusal?.headers).toBe('retry-after: 600\r\n')
    expect(refusal?.members).toEqual({ retryAfter: 600 })
    const late = decide({ url: '/things', headers: [['x-api-key', SECRET]], afterMs: 600_099 })
    expect(late.refusal?.headers).toBe('retry-after: 1\r\n')
    expect(ask(decide, SECRET, undefined, 600_100)).toBe('200')
  })

  test('is not locked out where nothing is presented, nor on a public route', async () => {
    const decide = await createDecider(CONFIG)
    fail(decide, 3)
    expect(ask(decide, null)).toBe('401 missing-credential')
    expect(ask(decide, SECRET, undefined, 0, '/open')).toBe('200')
    expect(ask(decide, SECRET, undefined, 0, '/nowhere')).toBe('404 no-route')
  })

  test('gains nothing by a success between failures', async () => {
    const decide = await createDecider(CONFIG)
    fail(decide, 2)
    expect(ask(decide, SECRET)).toBe('200')
    fail(decide, 1)
    expect(ask(decide, SECRET)).toBe('429 locked-out')
  })

  test('is not locked out by what is no guess: an expired key, no key, two keys', async () => {
    const decide = await createDecider(CONFIG)
    for (let i = 0; i < 10; i++) {
      expect(ask(decide, EXPIRED)).toBe('401 expired-key')
      expect(ask(decide, null)).toBe('401 missing-credential')
      const { refusal } = decide({
        url: '/things',
        headers: [
          ['x-api-key', SECRET],
          ['authorization', 'Bearer other'],
        ],
      })
      expect(refusal?.code).toBe('ambiguous-credential')
    }
    expect(ask(decide, SECRET)).toBe('200')
  })

  test.each([
    ['of the wrong form', 'acme_live_short'],
    ['of another system', 'something-else-of-24-characters'],
    ['that is a token', 'aaa.bbb.ccc'],
  ])('is locked out by a credential %s, too', async (_, credential) => {
    const decide = await createDecider(CONFIG)
    for (let i = 0; i < 3; i++) expect(ask(decide, credential)).toBe('401 invalid-key')
    expect(ask(decide, SECRET)).toBe('429 locked-out')
  })

  test('of IPv6 is its /64, and one behind a trusted proxy the client', async () => {
    const decide = await createDecider(CONFIG)
    fail(decide, 2, '2001:db8::1')
    fail(decide, 1, '2001:db8::ffff:2')
    expect(ask(decide, SECRET, '2001:db8::3')).toBe('429 locked-out')
    expect(ask(decide, SECRET, '2001:db8:0:1::3')).toBe('200')
    for (let i = 0; i < 3; i++)
      decide({
        url: '/things',
        from: '10.0.0.1',
        headers: [
          ['x-api-key', wrongKey(i, `proxy00${i}`)],
          ['x-forwarded-for', '198.51.100.9'],
        ],
      })
    expect(ask(decide, SECRET, '198.51.100.9')).toBe('429 locked-out')
    expect(ask(decide, SECRET, '10.0.0.1')).toBe('200')
  })
})

describe('a key prefix', () => {
  test('that is guessed around from many addresses makes one more guess too many', async () => {
    const decide = await createDecider(CONFIG)
    const guess = (from: string) => ask(decide, wrongKey(numbers++, 'Ab3dEf9h'), from)
    // Each from an address of its own: none of them is locked out by itself.
    for (const from of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) expect(guess(from)).toBe('401 invalid-key')
    expect(ask(decide, SECRET, '192.0.2.1')).toBe('200')
    // The prefix is locked now.
    expect(guess('192.0.2.4')).toBe('401 invalid-key')
    expect(guess('192.0.2.4')).toBe('429 locked-out')
    expect(ask(decide, SECRET, '192.0.2.4')).toBe('429 locked-out')
  })

  test('that is locked never keeps out the key itself, nor changes what who guesses is told', async () => {
    const decide = await createDecider(CONFIG)
    for (let i = 0; i < 30; i++) expect(ask(decide, wrongKey(i, 'Ab3dEf9h'), `192.0.2.${i}`)).toBe('401 invalid-key')
    expect(ask(decide, SECRET, '198.51.100.1')).toBe('200')
    // Another prefix is not locked: one failure is still allowed.
    expect(ask(decide, wrongKey(1, 'Ab3dEf9i'), '198.51.100.1')).toBe('401 invalid-key')
    expect(ask(decide, SECRET, '198.51.100.1')).toBe('200')
  })

  test('is the eight characters behind prefix and environment', () => {
    expect(keyPrefixWords('acme_live_ABCDEFGHxyz', 'acme')).toEqual(keyPrefixWords('acme_test_ABCDEFGH', 'acme'))
    expect(keyPrefixWords('acme_live_ABCDEFGH', 'acme')).not.toEqual(keyPrefixWords('acme_live_ABCDEFGI', 'acme'))
    for (const other of ['acme_live_ABCDEFG', 'acme_live', 'acmelive_ABCDEFGH', 'other_live_ABCDEFGH', ''])
      expect(keyPrefixWords(other, 'acme')).toBeNull()
  })
})

test('bans outlive a change of the table, and are not looked at where the config has none', async () => {
  const counters = createCounters()
  fail(await createDecider(CONFIG, {}, counters), 3)
  expect(ask(await createDecider(configOf(''), {}, counters), SECRET)).toBe('200')
  const strict = configOf('  protect: { lockout: { failures: 9, window: 2m, ban: 20m } }')
  expect(ask(await createDecider(strict, {}, counters), SECRET)).toBe('429 locked-out')
})
