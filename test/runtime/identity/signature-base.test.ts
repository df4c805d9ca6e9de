import { createHmac, createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signatureBase, type SignedMessage } from '../../../runtime/identity/signature-base.ts'
import { readSignatures } from '../../../runtime/identity/signature-fields.ts'

/** The request, keys and signatures of RFC 9421, appendix B. */
const MESSAGE: SignedMessage = {
  method: 'POST',
  scheme: 'https',
  host: 'example.com',
  path: '/foo',
  query: 'param=Value&Pet=dog',
  headers: new Map([
    ['host', 'example.com'],
    ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['content-type', 'application/json'],
    [
      'content-digest',
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    ],
    ['content-length', '18'],
  ]),
}
const SHARED_SECRET = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='
const PUBLIC_KEY = 'MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs='

function baseOf(input: string, message = MESSAGE): string | null {
  const [signature] = readSignatures(`sig=${input}`, 'sig=:AAAA:') ?? []
  if (signature === undefined) throw new Error('not a signature')
  return signatureBase(signature, message)
}

/** What the base says of one component. */
function valueOf(component: string, message: Partial<SignedMessage> = {}): string | null {
  const base = baseOf(`(${component})`, { ...MESSAGE, ...message })
  if (base === null) return null
  expect(base).toBe(`${base.split('\n')[0]}\n"@signature-params": (${component})`)
  return base.slice(component.length + 2, base.indexOf('\n'))
}

describe('the published signatures hold', () => {
  test('with a shared secret (B.2.5)', () => {
    const base = baseOf('("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"')
    const signature = createHmac('sha256', Buffer.from(SHARED_SECRET, 'base64'))
      .update(base ?? '')
      .digest('base64')
    expect(signature).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=')
  })

  test('with Ed25519 (B.2.6)', () => {
    const covered = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    const base = baseOf(`${covered};created=1618884473;keyid="test-key-ed25519"`)
    const key = createPublicKey({ key: Buffer.from(PUBLIC_KEY, 'base64'), format: 'der', type: 'spki' })
    const signature = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=='
    expect(verify(null, Buffer.from(base ?? ''), key, Buffer.from(signature, 'base64'))).toBe(true)
  })
})

describe('what a signature covers', () => {
  test.each([
    ['"@method"', {}, 'POST'],
    ['"@method"', { method: 'patch' }, 'patch'],
    ['"@scheme"', {}, 'https'],
    ['"@authority"', {}, 'example.com'],
    ['"@authority"', { host: 'EXAMPLE.com:443' }, 'example.com'],
    ['"@authority"', { host: 'example.com:' }, 'example.com'],
    ['"@authority"', { host: 'example.com:80' }, 'example.com:80'],
    ['"@authority"', { host: 'example.com:80', scheme: 'http' }, 'example.com'],
    ['"@authority"', { host: 'example.com:8', scheme: 'http' }, 'example.com:8'],
    ['"@authority"', { host: 'example.com:8080', scheme: 'http' }, 'example.com:8080'],
    ['"@authority"', { host: '[2001:DB8::80]', scheme: 'http' }, '[2001:db8::80]'],
    ['"@path"', {}, '/foo'],
    ['"@path"', { path: '' }, '/'],
    ['"@path"', { path: '/a%7eb/' }, '/a%7eb/'],
    ['"@query"', {}, '?param=Value&Pet=dog'],
    ['"@query"', { query: null }, '?'],
    ['"@query"', { query: '' }, '?'],
    ['"@target-uri"', {}, 'https://example.com/foo?param=Value&Pet=dog'],
    ['"@target-uri"', { query: null }, 'https://example.com/foo'],
    ['"@query-param";name="Pet"', {}, 'dog'],
    ['"@query-param";name="a"', { query: 'a=' }, ''],
    // The example of section 2.2.8.
    ['"@query-param";name="bar"', { query: 'bar=with+plus+whitespace' }, 'with%20plus%20whitespace'],
    ['"@query-param";name="fa%C3%A7ade%22%3A%20"', { query: 'fa%C3%A7ade%22%3A%20=something' }, 'something'],
    ['"@query-param";name="b"', { query: "b=!'()*~" }, '%21%27%28%29*%7E'],
    ['"content-type"', {}, 'application/json'],
    ['"x-empty"', { headers: new Map([['x-empty', '']]) }, ''],
    ['"x-list"', { headers: new Map([['x-list', ' a, b ']]) }, 'a, b'],
  ] as const)('%s of %o is %s', (component, message, expected) => {
    expect(valueOf(component, message)).toBe(expected)
  })

  test.each([
    ['a field that did not come', '"x-other"', {}],
    ['a field by another case', '"Content-Type"', {}],
    ['a parameter that did not come', '"@query-param";name="cat"', {}],
    ['a parameter that came twice', '"@query-param";name="a"', { query: 'a=1&b=2&a=1' }],
    ['a parameter of a query that cannot be read', '"@query-param";name="a"', { query: 'a=%zz' }],
    ["a parameter's name that is not encoded", '"@query-param";name="a b"', { query: 'a%20b=1' }],
    ['the status of an answer', '"@status"', {}],
    ['the target of the request line', '"@request-target"', {}],
    ['what the language calls its objects by', '"@constructor"', {}],
    ['the signature itself, under its own name', '"@signature-params"', {}],
    ['a field with other than ASCII', '"x-name"', { headers: new Map([['x-name', 'é']]) }],
  ] as const)('%s has no value', (_, component, message) => {
    expect(valueOf(component, message)).toBeNull()
  })

  test('as many parameters as a signature may name cost little more than one, however long the query is', () => {
    const names = Array.from({ length: 64 }, (_, i) => `n${i}`)
    const query = `${names.join('&')}${'&x'.repeat(3800)}`
    const input = `(${names.map((name) => `"@query-param";name="${name}"`).join(' ')})`
    const begunMs = performance.now()
    for (let i = 0; i < 20; i++) expect(baseOf(input, { ...MESSAGE, query })).not.toBeNull()
    expect(performance.now() - begunMs).toBeLessThan(500)
  })

  test('the parameters come in the order in which they were sent', () => {
    expect(baseOf('("@path");tag="t\\"\\\\";created=1;x=?0;y;keyid="k"')).toBe(
      '"@path": /foo\n"@signature-params": ("@path");tag="t\\"\\\\";created=1;x=?0;y;keyid="k"',
    )
  })
})
