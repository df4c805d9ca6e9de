import { beforeAll, describe, expect, test } from 'vitest'
import { TEST_ID, createDecider, type Decide, type TestRequest } from '../support/decider.ts'
import { SMALL_PUBLIC_CONFIG } from '../support/small-config.ts'

type Headers = readonly (readonly [name: string, value: string])[]

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(
    SMALL_PUBLIC_CONFIG.replace('keys: {', 'requests: { headers: 2KB, url: 100B, body: 1KB }\n  keys: {'),
  )
})

/** The status and code of a refusal, "400 malformed-request", or "allowed". */
function answerTo(request: Partial<TestRequest>): string {
  const { refusal } = decide({ url: '/', ...request })
  return refusal === null ? 'allowed' : `${refusal.status} ${refusal.code}`
}

/** What becomes of a POST with these headers. */
function post(headers: Headers): string {
  return answerTo({ method: 'POST', headers })
}

const MALFORMED = '400 malformed-request'
const UNKNOWN_CODING = '501 coding-not-implemented'
const CHUNKED = ['transfer-encoding', 'chunked'] as const

describe('the length of a body', () => {
  test.each([
    ['none', []],
    ['0', [['content-length', '0']]],
    ['some', [['content-length', '12']]],
    ['leading zeros', [['content-length', '0012']]],
  ] as const)('%s is taken', (_, headers) => {
    expect(post(headers)).toBe('allowed')
  })

  test.each([
    ['two that differ', ['3', '4']],
    ['two that agree', ['3', '3']],
    ['a list', ['3, 3']],
    ['a list that differs', ['3,4']],
    ['an empty one', ['']],
    ['a sign', ['+3']],
    ['a minus', ['-3']],
    ['hex', ['0x3']],
    ['an exponent', ['1e1']],
    ['a fraction', ['3.0']],
    ['a blank inside', ['1 2']],
    ['quotes', ['"3"']],
    ['an underscore', ['1_0']],
    ['letters', ['three']],
    ['digits of another script', ['\u0663']],
    ['a no-break space', ['3\u00a0']],
    ['a number that no reader counts to', ['9'.repeat(16)]],
  ])('%s is refused', (_, lengths) => {
    expect(post(lengths.map((value) => ['content-length', value]))).toBe(MALFORMED)
  })

  test('a body larger than the gateway takes is refused before a byte of it is read', () => {
    expect(post([['content-length', '1000']])).toBe('allowed')
    expect(post([['content-length', '1001']])).toBe('413 body-too-large')
  })
})

describe('the transfer coding', () => {
  test.each(['chunked', 'Chunked', 'CHUNKED'])('%s is known', (coding) => {
    expect(decide({ url: '/', method: 'POST', headers: [['transfer-encoding', coding]] }).chunked).toBe(true)
  })

  test.each([
    ['none named', '', MALFORMED],
    ['another one', 'gzip', UNKNOWN_CODING],
    ['identity', 'identity', UNKNOWN_CODING],
    ['one before', 'gzip, chunked', UNKNOWN_CODING],
    ['one behind', 'chunked, identity', UNKNOWN_CODING],
    ['a name that ends alike', 'xchunked', UNKNOWN_CODING],
    ['a name that begins alike', 'chunkedx', UNKNOWN_CODING],
    ['twice in one line', 'chunked, chunked', MALFORMED],
    ['an empty member', 'chunked,', MALFORMED],
    ['an empty member before', ',chunked', MALFORMED],
    ['quotes', '"chunked"', MALFORMED],
    ['apostrophes', "'chunked'", UNKNOWN_CODING],
    ['a parameter', 'chunked;q=1', MALFORMED],
    ['a blank inside', 'chun ked', MALFORMED],
    ['a tab inside', 'chunked\tx', MALFORMED],
    ['a colon', ': chunked', MALFORMED],
    ['a backslash', 'chunked\\', MALFORMED],
    ['a vertical tab', '\u000bchunked', MALFORMED],
    ['a form feed', 'chunked\u000c', MALFORMED],
    ['an escape character', '\u001bchunked', MALFORMED],
    ['a delete character', 'chunked\u007f', MALFORMED],
    ['a next-line character', 'chunked\u0085', MALFORMED],
    ['a no-break space', '\u00a0chunked', MALFORMED],
    ['a character above one byte', 'chun\u212aed', MALFORMED],
  ])('%s is refused', (_, value, expected) => {
    expect(post([['transfer-encoding', value]])).toBe(expected)
  })

  test('two lines are refused', () => {
    expect(post([CHUNKED, CHUNKED])).toBe(MALFORMED)
    expect(post([CHUNKED, ['transfer-encoding', 'identity']])).toBe(MALFORMED)
    expect(post([['transfer-encoding', 'identity'], CHUNKED])).not.toBe('allowed')
  })

  test('a length besides is refused, whatever the order', () => {
    expect(post([CHUNKED, ['content-length', '3']])).toBe(MALFORMED)
    expect(post([['content-length', '3'], CHUNKED])).toBe(MALFORMED)
    expect(post([['content-length', '0'], CHUNKED])).toBe(MALFORMED)
  })
})

describe('Host', () => {
  test.each(['a', 'a.b', 'a_b', 'a:80', 'a:', '127.0.0.1', '[::1]', '[::1]:80', 'a%2eb', 'xn--a', "a!$&'()*+;="])(
    '%s is one',
    (host) => {
      expect(answerTo({ headers: [['host', host]] })).toBe('allowed')
    },
  )

  test.each([
    ['an empty one', ''],
    ['a path', 'a/b'],
    ['a user', 'user@a'],
    ['a port that is none', 'a:b'],
    ['a port of six digits', 'a:123456'],
    ['two ports', 'a:1:2'],
    ['a blank inside', 'a b'],
    ['two in a list', 'a, b'],
    ['a backslash', 'a\\b'],
    ['quotes', '"a"'],
    ['an open bracket', '[::1'],
    ['text before brackets', 'a[::1]'],
    ['a query', 'a?b'],
    ['a broken escape', 'a%2'],
    ['a character above ASCII', 'b\u00fccher'],
    ['a port alone', ':80'],
  ])('%s is refused', (_, host) => {
    expect(answerTo({ headers: [['host', host]] })).toBe(MALFORMED)
  })

  test('none is refused, and an empty one, also as the first that ever comes', async () => {
    for (const headers of [
      [['host', '']],
      [
        ['host', ''],
        ['host', ''],
      ],
    ] as const) {
      const fresh = await createDecider(SMALL_PUBLIC_CONFIG)
      expect(fresh({ url: '/', headers }).refusal?.code).toBe('malformed-request')
    }
  })

  test('two are refused, even equal ones', () => {
    const headers = [['host', 'a'] as const, ['host', 'a'] as const]
    expect(answerTo({ headers })).toBe(MALFORMED)
  })

  test('the longest that headers have room for is read in a moment', () => {
    const began = performance.now()
    for (const end of ['/', '%', ':x', '[']) answerTo({ headers: [['host', 'a'.repeat(1900) + end]] })
    expect(performance.now() - began).toBeLessThan(100)
  })
})

describe('other headers', () => {
  test.each([
    ['an empty name', ''],
    ['a blank in the name', 'x y'],
    ['a colon in the name', 'x:y'],
    ['brackets', 'x[0]'],
    ['a parenthesis', 'x('],
    ['a slash', 'x/y'],
    ['quotes', '"x"'],
    ['a character above ASCII', 'x\u00e9'],
    ['a delete character', 'x\u007f'],
    ['a line end', 'x\r\ny'],
    ['a capital, which the engine never gives', 'X'],
  ])('%s is refused', (_, name) => {
    expect(answerTo({ headers: [[name, '1']] })).toBe(MALFORMED)
  })

  test.each([
    ['a delete character', 'a\u007fb'],
    ['a NUL', 'a\u0000b'],
    ['a bell', 'a\u0007b'],
    ['CR LF', 'a\r\nb: c'],
    ['a lone CR', 'a\rb'],
    ['a lone LF', 'a\nb'],
    ['what stands for bytes that are not UTF-8', 'a\ufffdb'],
  ])('%s in a value is refused', (_, value) => {
    expect(answerTo({ headers: [['x-any', value]] })).toBe(MALFORMED)
  })

  test.each([
    ['a tab', 'a\tb'],
    ['UTF-8', 'caf\u00e9 \u20ac \u{1f511}'],
    ['nothing', ''],
    ['every visible character', Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('')],
  ])('%s in a value passes', (_, value) => {
    expect(answerTo({ headers: [['x-any', value]] })).toBe('allowed')
  })

  test('a fault in any header counts, also behind those that hold', () => {
    const headers: Headers = [
      ['x-a', '1'],
      ['x-b', 'a\u007f'],
      ['x-c', '1'],
    ]
    expect(answerTo({ headers })).toBe(MALFORMED)
  })

  test('all together may be as long as the config says', () => {
    const others = 'host: gateway.test\r\nx-any: \r\n'.length
    expect(answerTo({ headers: [['x-any', 'a'.repeat(2000 - others)]] })).toBe('allowed')
    expect(answerTo({ headers: [['x-any', 'a'.repeat(2001 - others)]] })).toBe('431 headers-too-large')
  })
})

describe('the method', () => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s is known', (method) => {
    expect(answerTo({ method })).toBe('allowed')
  })

  test.each(['CONNECT', 'TRACE', 'FOO', 'get', 'Get', 'LINK', 'PROPFIND', 'PRI', 'GETX'])('%s is not', (method) => {
    expect(answerTo({ method })).toBe('501 method-not-implemented')
  })

  test.each(['', 'F@O', 'G(T', 'GE T', 'G\u00c9T', 'GET\u0000', '"GET"', '<GET>', '{GET}', 'GET,'])(
    '%j is malformed',
    (method) => {
      expect(answerTo({ method })).toBe(MALFORMED)
    },
  )
})

describe('the target', () => {
  test.each(['', '*', 'a', 'http://x/', 'x:80', '?a=1', '//x'])('%j is refused', (url) => {
    expect(answerTo({ url })).toBe(MALFORMED)
  })

  test.each([
    ['a fragment', 'a#b'],
    ['a blank', 'a b'],
    ['a tab', 'a\tb'],
    ['a delete character', 'a\u007f'],
    ['a character above ASCII', 'a=\u00e9'],
    ['what stands for bytes that are not UTF-8', 'a=\ufffd'],
    ['a NUL', 'a=\u0000'],
    ['CR LF', 'a=\r\nb'],
  ])('%s in the query is refused', (_, query) => {
    expect(answerTo({ url: `/?${query}` })).toBe(MALFORMED)
  })

  test('the rest of a query is kept byte for byte', () => {
    const query = 'a=%2e%2F%zz&&b=c=d;e+f%20"<>[]{}|\\^`'
    expect(decide({ url: `/?${query}` })).toMatchObject({ refusal: null, query })
  })

  test('a URL may be as long as the config says, the "?" included', () => {
    expect(answerTo({ url: '/' + 'a'.repeat(99) })).toBe('allowed')
    expect(answerTo({ url: '/' + 'a'.repeat(100) })).toBe('414 url-too-long')
    expect(answerTo({ url: '/?' + 'a'.repeat(98) })).toBe('allowed')
    expect(answerTo({ url: '/?' + 'a'.repeat(99) })).toBe('414 url-too-long')
  })
})

describe('what is read', () => {
  test('the first fault is told of, and a malformed request has no route, no key and no limits', () => {
    const exchange = decide({ url: '/../x', headers: [['content-length', 'x']] })
    expect(exchange).toMatchObject({ path: '', route: null, caller: null, limitLevels: null })
    expect(exchange.refusal).toMatchObject({ detail: 'The length of the body is not clear.', close: true })
  })

  test.each([
    ['framing', { method: 'POST', headers: [CHUNKED, ['content-length', '1']] }],
    ['a method', { method: 'TRACE' }],
    ['a path', { url: '/a/../b' }],
    ['a URL', { url: '/' + 'a'.repeat(200) }],
    ['headers', { headers: [['x-any', 'a'.repeat(3000)]] }],
    ['a body', { method: 'POST', headers: [['content-length', '1001']] }],
  ] as const)('after a refusal of %s the connection closes', (_, request) => {
    expect(decide({ url: '/', ...request }).refusal?.close).toBe(true)
  })

  test("a request has the caller's id if that is a UUID, in small letters, else a new one", () => {
    const idOf = (value: string): string => decide({ url: '/', headers: [['x-request-id', value]] }).requestId
    expect(idOf('A1B2C3D4-E5F6-1789-ABCD-EF0123456789')).toBe('a1b2c3d4-e5f6-1789-abcd-ef0123456789')
    const values = ['', '1', 'a1b2c3d4e5f61789abcdef0123456789', 'a1b2c3d4-e5f6-1789-abcd-ef0123456789x']
    expect(values.map(idOf)).toEqual(values.map(() => TEST_ID.uuid))
  })

  test('a malformed request has an id, too', () => {
    expect(decide({ url: '//' }).requestId).toBe(TEST_ID.uuid)
  })
})
