import { beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../../../runtime/exchange.ts'
import { createRevocationList } from '../../../runtime/revocations/revocation-list.ts'
import { applyRevocations } from '../../../runtime/revocations/revoked.ts'
import {
  AT_MS,
  createCounters,
  createDecider,
  createTableDecider,
  loadTestTable,
  type Decide,
  type TestRequest,
} from '../../support/decider.ts'
import { sentLines } from '../../support/sent-lines.ts'
import {
  contentDigest,
  signRequest,
  withHeader,
  type SignedRequest,
  type SignOptions,
} from '../../support/sign-request.ts'
import {
  OTHER_SECRET,
  PLAIN_SECRET,
  PRIVATE_KEY,
  PUBLIC_KEY,
  SHARED_SECRET,
  SIGNING_CONFIG,
  SIGNING_FILES,
} from '../../support/signing-config.ts'

const CREATED = AT_MS / 1000
const SHARED = { keyId: 'shared', key: SHARED_SECRET }
const PAIRED = { keyId: 'paired', key: PRIVATE_KEY }
const GET: TestRequest = { url: '/things/7?a=1&b=2', headers: [['x-note', 'hello']] }
const COVERED = ['@method', '@authority', '@path', '@query']
const BODY = '{"name":"x"}'
const POST: TestRequest = { method: 'POST', url: '/things' }

const counters = createCounters()
let decide: Decide
beforeAll(async () => {
  decide = await createDecider(SIGNING_CONFIG, SIGNING_FILES, counters)
})

/** Who called, or why nobody did. */
function told({ refusal, caller }: Exchange): string {
  return refusal === null ? (caller?.id ?? 'nobody') : `${refusal.status} ${refusal.code}`
}

const signed = (options: Partial<SignOptions> = {}, request = GET): SignedRequest =>
  signRequest(request, { ...SHARED, ...options })

describe('a request that its key has signed is taken', () => {
  test.each([
    ['with a shared secret', signed()],
    ['with a private key', signed(PAIRED)],
    ['that names its algorithm', signed({ algorithm: 'hmac-sha256' })],
    ['that names its other algorithm', signed({ ...PAIRED, algorithm: 'ed25519' })],
    [
      'with a tag, an end and what nobody asked for',
      signed({ tag: 'gw-v1', expires: CREATED + 9, more: ';new="x";newer' }),
    ],
    ['over its target', signed({ components: ['@method', '@target-uri'] })],
    [
      'over more than it must',
      signed({ components: ['x-note', '@scheme', '@query', '@path', '@authority', '@method'] }),
    ],
    ['over a parameter besides', withParameter(COVERED)],
    ['without a query', signed({}, { url: '/things/7' })],
    ['with an empty query', signed({}, { url: '/things/7?' })],
    ['to a host with a port', signed({ authority: 'gateway.test:8080' }, hosted('Gateway.Test:8080'))],
    ['to a host with the usual port', signed({}, hosted('gateway.test:80'))],
    ['to a path that it writes in its own way', signed({}, { url: '/things/%7e?a=%7e' })],
    ['a while ago', signed({ created: CREATED - 299 })],
    ['by a clock that is ahead', signed({ created: CREATED + 30 })],
    ['with a body', signed({ body: BODY }, POST)],
    ['with an empty body that is covered', signed({ components: [...COVERED, 'content-digest'] }, emptyBody())],
  ])('%s', (_, request) => {
    const exchange = decide(request)
    expect(told(exchange)).toBe(request.headers.some(([, value]) => value.includes('paired')) ? 'paired' : 'shared')
  })

  test('and the upstream learns of the key, but not of the signature', () => {
    const lines = sentLines(decide(signed({ body: BODY }, { ...POST, headers: [['x-note', 'hello']] })))
    expect(lines).toContain('x-keysmith-key: shared\r\n')
    expect(lines).toContain('x-note: hello\r\n')
    expect(lines).toContain('content-digest: ')
    expect(lines).not.toMatch(/^signature/im)
  })

  test('behind a trusted proxy, for the host and scheme that the proxy was asked for', () => {
    const forwarded = (headers: [string, string][]): TestRequest => ({ ...GET, from: '10.0.0.1', headers })
    const options = { components: ['@method', '@target-uri'], authority: 'api.example.com', scheme: 'https' }
    const byFields: [string, string][] = [
      ['x-forwarded-host', 'spoofed.example, api.example.com'],
      ['x-forwarded-proto', 'https'],
    ]
    const byForwarded: [string, string][] = [
      ['forwarded', 'for=1.2.3.4;host=a, for=_x;host="api.example.com";proto=https'],
    ]
    expect(told(decide(signed(options, forwarded(byFields))))).toBe('shared')
    expect(told(decide(signed(options, forwarded(byForwarded))))).toBe('shared')
    expect(told(decide({ ...signed(options, forwarded(byFields)), from: '192.0.2.1' }))).toBe('401 invalid-key')
  })

  test('whatever others have signed besides', () => {
    const other = signed({ keyId: 'somebody', key: 'x'.repeat(40), label: 'theirs' })
    const ours = signed()
    expect(told(decide(merged(other, ours)))).toBe('shared')
  })
})

describe('a signature is refused as an unknown key is', () => {
  test.each<[string, SignedRequest]>([
    ['by a key nobody knows', signed({ keyId: 'nobody' })],
    ['by a key that shows a secret', signed({ keyId: 'plain' })],
    ['with the secret of a key that shows it', signed({ keyId: 'plain', key: PLAIN_SECRET })],
    ["with another tenant's secret", signed({ key: OTHER_SECRET })],
    ['in the name of another key', signed({ keyId: 'other' })],
    ['with the public key for a secret', signed({ keyId: 'paired', key: PUBLIC_KEY })],
    ['with the public key as text for a secret', signed({ keyId: 'paired', key: PUBLIC_KEY.toString('base64') })],
    ['with a private key for a shared secret', signed({ ...PAIRED, keyId: 'shared' })],
    ['with another algorithm', signed({ algorithm: 'ed25519' })],
    ['with no algorithm', signed({ algorithm: 'none' })],
    ['with an algorithm by another case', signed({ algorithm: 'HMAC-SHA256' })],
    ['too long ago', signed({ created: CREATED - 300 })],
    ['too long ago for this key', signed({ ...PAIRED, created: CREATED - 30 })],
    ['in the future', signed({ created: CREATED + 31 })],
    ['in the year 10000', signed({ created: 253_402_300_800 })],
    ['before 1970', signed({ created: -1 })],
    ['past its end', signed({ expires: CREATED })],
    ['past its end, which is no number', signed({ more: ';expires="2099-01-01"' })],
    ['without its time', signed({ created: null })],
    ['with a time that is text', signed({ created: null, more: `;created="${CREATED}"` })],
    ['with a time that is a date', signed({ created: null, more: `;created=@${CREATED}` })],
    ['with a broken second', signed({ created: null, more: `;created=${CREATED}.5` })],
    ['without a nonce', signed({ nonce: null })],
    ['with an empty nonce', signed({ nonce: '' })],
    ['with a nonce that is a number', signed({ nonce: null, more: ';nonce=5' })],
    ['with a nonce without an end', signed({ nonce: 'n'.repeat(257) })],
    ['over nothing', signed({ components: [] })],
    ['without the method', signed({ components: ['@authority', '@path', '@query'] })],
    ['without the host', signed({ components: ['@method', '@path', '@query'] })],
    ['without the path', signed({ components: ['@method', '@authority', '@query'] })],
    ['without the query', signed({ components: ['@method', '@authority', '@path'] })],
    ['with one parameter of the query for all', withParameter(['@method', '@authority', '@path'])],
    ['without a field that it covers', withHeader(signed({ components: [...COVERED, 'x-note'] }), 'x-note', null)],
    [
      'with a field that it covers changed',
      withHeader(signed({ components: [...COVERED, 'x-note'] }), 'x-note', 'bye'),
    ],
    ['with a field that it covers twice', twice(signed({ components: [...COVERED, 'x-note'] }), 'x-note')],
    ['for another method', { ...signed(), method: 'HEAD' }],
    ['for another path', { ...signed(), url: '/things/8?a=1&b=2' }],
    ['for the path in another form', { ...signed({}, { url: '/things/~' }), url: '/things/%7e' }],
    ['for another query', { ...signed(), url: '/things/7?a=1&b=3' }],
    ['for a query in another order', { ...signed(), url: '/things/7?b=2&a=1' }],
    ['for more of a query', { ...signed(), url: '/things/7?a=1&b=2&c=3' }],
    ['for no query', { ...signed(), url: '/things/7' }],
    ['for another host', { ...signed(), headers: [['host', 'other.test'], ...signed().headers] }],
    ['for a body that it does not cover', signed({ body: BODY, components: COVERED }, POST)],
    ['for a body in pieces that it does not cover', signed({}, chunkedPut())],
    ['without the digest that it covers', signed({ components: [...COVERED, 'content-digest'] }, POST)],
    ['with a digest that is none', signed({ body: BODY }, digestOnly('sha-256=abc'))],
    ['with a digest of the wrong length', signed({ body: BODY }, digestOnly('sha-256=:AAAA:'))],
    ['with a digest that is not safe', signed({ body: BODY }, digestOnly('md5=:AAAAAAAAAAAAAAAAAAAAAA==:'))],
    [
      'with a digest of a body that did not come',
      signed({ components: [...COVERED, 'content-digest'] }, emptyBody('x')),
    ],
    ['by two keys', twoOfOurs()],
    ['with a signature of another label', relabelled()],
    ['with a signature cut short', withHeader(signed(), 'signature', 'sig1=:AAAA:')],
    ['with no bytes', withHeader(signed(), 'signature', 'sig1=::')],
    ['without its value', withHeader(signed(), 'signature', null)],
    ['that cannot be read', withHeader(signed(), 'signature-input', 'sig1=("@method"')],
    ['that is not even of this kind', withHeader(signed(), 'signature-input', '\\')],
  ])('%s', (_, request) => {
    const unknown = decide({ ...GET, headers: [['x-api-key', 'nobody-has-this-key-nobody-has-it']] })
    const exchange = decide(request)
    expect(exchange.caller).toBeNull()
    expect(exchange.refusal).toEqual(unknown.refusal)
    expect(told(exchange)).toBe('401 invalid-key')
  })

  test('when one bit of it is another', () => {
    for (const options of [SHARED, PAIRED]) {
      const request = signed(options)
      const value = valueOf(request, 'signature')
      const bytes = Buffer.from(value.slice('sig1=:'.length, -1), 'base64')
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        expect(told(decide(withHeader(request, 'signature', `sig1=:${changed.toString('base64')}:`)))).toBe(
          '401 invalid-key',
        )
      }
      expect(told(decide(request))).toBe(options.keyId)
    }
  })

  test('when it is shown again, on this or on another table, and as long as it would be taken', async () => {
    for (const options of [SHARED, PAIRED]) {
      const request = signed(options)
      expect(told(decide(request))).toBe(options.keyId)
      expect(told(decide(request))).toBe('401 invalid-key')
      const swapped = await createDecider(SIGNING_CONFIG, SIGNING_FILES, counters)
      for (const afterMs of [0, 1000, 29_000, 299_999, 300_000, 400_000])
        expect(told(swapped({ ...request, afterMs }))).toBe('401 invalid-key')
    }
  })

  test('when its nonce was used by the same key, and not when another key used it', () => {
    expect(told(decide(signed({ nonce: 'once' })))).toBe('shared')
    expect(told(decide(signed({ nonce: 'once', created: CREATED - 5 }, { url: '/things/8' })))).toBe('401 invalid-key')
    expect(told(decide(signed({ ...PAIRED, nonce: 'once' })))).toBe('paired')
  })

  test('one that does not hold uses no nonce up', () => {
    expect(told(decide(signed({ nonce: 'held back', key: OTHER_SECRET })))).toBe('401 invalid-key')
    expect(told(decide(signed({ nonce: 'held back' })))).toBe('shared')
  })
})

describe('what is verified of a request says nothing of the keys that there are', () => {
  test.each<[string, (keyId: string) => SignedRequest]>([
    ['signed once', (keyId) => signed({ keyId, key: OTHER_SECRET })],
    ['signed twice', (keyId) => merged(signed({ keyId }), signed({ keyId, label: 'sig2' }))],
    [
      'signed besides by who asks for less',
      (keyId) => merged(signed({ nonce: null }), signed({ keyId, label: 'sig2' })),
    ],
    ['signed besides by nobody', (keyId) => merged(signed({ keyId: 'nobody' }), signed({ keyId, label: 'sig2' }))],
  ])('%s', async (_, request) => {
    const table = await loadTestTable(SIGNING_CONFIG, SIGNING_FILES)
    const { signatures } = table
    if (signatures === null) throw new Error('no key signs')
    let verified = 0
    const holds: typeof signatures.signers.holds = (...what) => {
      verified++
      return signatures.signers.holds(...what)
    }
    const counting = { ...table, signatures: { ...signatures, signers: { ...signatures.signers, holds } } }
    const verifiedFor = (keyId: string): number => {
      verified = 0
      createTableDecider(counting)(request(keyId))
      return verified
    }
    expect(verifiedFor('shared')).toBe(verifiedFor('unknown'))
    expect(verified).toBeGreaterThan(0)
  })
})

test('when there is no room to remember it, a signature that holds is refused', async () => {
  const full = createCounters()
  for (let i = 0; i < 20_000; i++) full.replays.remember(`${i}`, AT_MS + 1, AT_MS)
  const decideFull = await createDecider(SIGNING_CONFIG, SIGNING_FILES, full)
  const exchange = decideFull(signed())
  expect(told(exchange)).toBe('503 state-unavailable')
  expect(exchange.refusal?.headers).toBe('retry-after: 1\r\n')
  expect(told(decideFull(signed({ key: OTHER_SECRET })))).toBe('401 invalid-key')
})

describe('a key that signs is held to what all keys are held to', () => {
  test.each([
    ['expired', '401 expired-key'],
    ['early', '401 key-not-yet-valid'],
    ['suspended', '403 suspended'],
    ['inside', '403 address-not-allowed'],
  ])('its time, its state and its addresses: %s', (keyId, expected) => {
    expect(told(decide(signed({ keyId })))).toBe(expected)
  })

  test('its revocation', async () => {
    const table = await loadTestTable(SIGNING_CONFIG, SIGNING_FILES)
    const decideRevoked = createTableDecider(table)
    applyRevocations(table, createRevocationList(new Int32Array(0), ['shared'], []))
    expect(told(decideRevoked(signed()))).toBe('401 revoked-key')
    expect(told(decideRevoked(signed(PAIRED)))).toBe('paired')
    expect(told(decideRevoked(signed({ key: OTHER_SECRET })))).toBe('401 invalid-key')
  })

  test('its scopes and limits', () => {
    expect(told(decide(signed({}, { url: '/things/others' })))).toBe('403 insufficient-scope')
    expect(told(decide(signed({ keyId: 'limited' })))).toBe('limited')
    expect(told(decide(signed({ keyId: 'limited' })))).toBe('429 rate-exceeded')
  })
})

describe('what stands beside a signature', () => {
  test.each([
    ['a key that holds', ['x-api-key', PLAIN_SECRET]],
    ['a key of nobody', ['x-api-key', 'nobody-has-this-key-nobody-has-it']],
    ['a token', ['authorization', 'Bearer aaa.bbb.ccc']],
  ] as const)('%s makes it ambiguous', (_, [name, value]) => {
    expect(told(decide(withHeader(signed(), name, value)))).toBe('400 ambiguous-credential')
  })

  test('a Signature of which nothing is said is none', () => {
    const request = withHeader(signed(), 'signature-input', null)
    expect(told(decide(request))).toBe('401 missing-credential')
    expect(told(decide(withHeader(request, 'x-api-key', PLAIN_SECRET)))).toBe('plain')
  })

  test('on a public route it is neither checked nor forwarded', () => {
    const exchange = decide({ ...withHeader(signed(), 'signature', 'sig1=:AAAA:'), url: '/open' })
    expect(told(exchange)).toBe('nobody')
    expect(sentLines(exchange)).not.toMatch(/^signature/im)
  })

  test('where no key signs, what others have signed passes', async () => {
    const lines = SIGNING_CONFIG.split('\n')
    const signing = /signing|^secrets:|^  (shared|other):|^      (paired|other):/
    const without = lines.slice(0, lines.indexOf('tenants:')).filter((line) => !signing.test(line))
    const plain = lines.filter((line) => line.startsWith('      plain:'))
    const other = await createDecider(
      [...without, 'tenants:', '  globex:', '    keys:', ...plain, ''].join('\n'),
      SIGNING_FILES,
    )
    const exchange = other(withHeader(signed(), 'x-api-key', PLAIN_SECRET))
    expect(told(exchange)).toBe('plain')
    expect(sentLines(exchange)).toMatch(/^signature-input: sig1=/m)
  })
})

test.each([0, 1, 2, 3])('headers of 64 KB are told soon (%i)', (which) => {
  const pieces = ['("@method" ', 'sig1=(', 'a=:', '"\\']
  const long = (pieces[which] ?? '').repeat(8000)
  const started = performance.now()
  expect(told(decide(withHeader(signed(), 'signature-input', long)))).toMatch(/^4/)
  expect(performance.now() - started).toBeLessThan(1000)
})

function valueOf({ headers }: SignedRequest, name: string): string {
  return headers.find(([other]) => other === name)?.[1] ?? ''
}

function hosted(host: string): TestRequest {
  return { ...GET, headers: [['host', host]] }
}

function withParameter(components: readonly string[]): SignedRequest {
  const parameter = '"@query-param";name="a"'
  return signed({ components: [...components, parameter], values: { [parameter]: '1' } })
}

function emptyBody(digested = ''): TestRequest {
  return { ...GET, headers: [['content-digest', contentDigest(digested)]] }
}

function digestOnly(digest: string): TestRequest {
  return { ...POST, headers: [['content-digest', digest]] }
}

function chunkedPut(): TestRequest {
  return { method: 'PUT', url: '/things', headers: [['transfer-encoding', 'chunked']] }
}

function twice(request: SignedRequest, name: string): SignedRequest {
  return { ...request, headers: [...request.headers, [name, valueOf(request, name)]] }
}

/** Each of them holds: which one counts would be a guess. */
function twoOfOurs(): SignedRequest {
  return merged(signed(), signed({ ...PAIRED, label: 'sig2' }))
}

/** A request with the signatures of both. */
function merged(first: SignedRequest, second: SignedRequest): SignedRequest {
  return ['signature-input', 'signature'].reduce(
    (request, name) => withHeader(request, name, `${valueOf(first, name)}, ${valueOf(second, name)}`),
    first,
  )
}

function relabelled(): SignedRequest {
  const request = signed()
  return withHeader(request, 'signature', valueOf(request, 'signature').replace('sig1', 'sig2'))
}
