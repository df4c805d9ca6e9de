import { describe, expect, test } from 'vitest'
import { parseAddressRange } from '../../compiler/2-validate/addresses.ts'
import { toAddressRange } from '../../compiler/5-lower/addresses.ts'
import { addressText, parseAddressWords } from '../../runtime/address-words.ts'
import { clientAddress } from '../../runtime/client-address.ts'
import { createPrefixTree } from '../../runtime/prefix-tree.ts'

const TRUSTED = createPrefixTree(
  ['10.0.0.0/8', '2001:db8:cafe::/48'].map((text) => {
    const parsed = parseAddressRange(text)
    if (parsed === null) throw new Error(text)
    return toAddressRange({ at: '', text, ...parsed })
  }),
)

function clientOf(peer: string, forwardedFor: string, forwarded = ''): string {
  const words = parseAddressWords(peer)
  if (words === null) throw new Error(peer)
  return addressText(clientAddress(words, forwardedFor, forwarded, TRUSTED))
}

describe('X-Forwarded-For', () => {
  test.each([
    ['nobody speaks for a peer without headers', '10.0.0.1', '', '10.0.0.1'],
    ['a peer that is not trusted is the client, whatever it says', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['a trusted proxy names the client', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the right-most hop that is not trusted is the client', '10.0.0.1', '9.9.9.9, 198.51.100.1', '198.51.100.1'],
    ['trusted hops are walked over', '10.0.0.1', '9.9.9.9, 198.51.100.1, 10.0.0.3,10.0.0.2', '198.51.100.1'],
    ['where all are trusted, the first is the client', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['blanks around an address do not matter', '10.0.0.1', ' \t198.51.100.1\t ', '198.51.100.1'],
    ['a port is read over', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['an IPv6 address may stand alone', '10.0.0.1', '2001:DB8::0:1', '2001:db8::1'],
    ['an IPv6 address may stand in brackets', '10.0.0.1', '[2001:db8::1]', '2001:db8::1'],
    ['an IPv6 address in brackets may have a port', '10.0.0.1', '[2001:db8::1]:80', '2001:db8::1'],
    ['a mapped address is the IPv4 address', '10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['a mapped proxy is trusted as the IPv4 proxy', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['IPv6 proxies are trusted, too', '2001:db8:cafe::1', '198.51.100.1', '198.51.100.1'],
    ['garbage leaves the proxy that sent it', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['garbage behind a client does not matter', '10.0.0.1', 'x;y, 198.51.100.1', '198.51.100.1'],
    ['garbage before a trusted hop ends the walk there', '10.0.0.1', '198.51.100.1, junk, 10.0.0.2', '10.0.0.2'],
    ['an empty element is garbage', '10.0.0.1', '198.51.100.1,, 10.0.0.2', '10.0.0.2'],
    ['a comma alone is garbage', '10.0.0.1', ',', '10.0.0.1'],
    ['a zone is garbage', '10.0.0.1', 'fe80::1%eth0', '10.0.0.1'],
    ['an IPv4 address in brackets is garbage', '10.0.0.1', '[198.51.100.1]', '10.0.0.1'],
    ['a port without digits is garbage', '10.0.0.1', '198.51.100.1:', '10.0.0.1'],
    ['quotes are garbage', '10.0.0.1', '"198.51.100.1"', '10.0.0.1'],
    ['octal is garbage', '10.0.0.1', '0306.51.100.1', '10.0.0.1'],
  ])('%s', (_, peer, forwardedFor, client) => {
    expect(clientOf(peer, forwardedFor)).toBe(client)
  })
})

describe('Forwarded', () => {
  test.each([
    ['a trusted proxy names the client', 'for=198.51.100.1', '198.51.100.1'],
    ['names are read in any case', 'Proto=https;FOR=198.51.100.1;by=10.0.0.1', '198.51.100.1'],
    ['a quoted IPv6 address with a port is read', 'for="[2001:db8::1]:4711"', '2001:db8::1'],
    ['a quoted IPv4 address with a port is read', 'for="198.51.100.1:80"', '198.51.100.1'],
    ['the right-most hop that is not trusted counts', 'for=9.9.9.9, for=198.51.100.1, for=10.0.0.2', '198.51.100.1'],
    ['a comma in quotes parts nothing', 'for=198.51.100.1;host="a,b"', '198.51.100.1'],
    ['an open quote of the caller swallows nothing', 'for="9.9.9.9, for=198.51.100.1', '198.51.100.1'],
    ['an open quote before a quoted hop swallows nothing', 'x=", for="[2001:db8::1]"', '2001:db8::1'],
    ['an unknown hop leaves the proxy', 'for=unknown', '10.0.0.1'],
    ['a hidden hop leaves the proxy', 'for=_SEVKISEK', '10.0.0.1'],
    ['an element that names nobody leaves the proxy', 'proto=https', '10.0.0.1'],
    ['two names in one element are garbage', 'for=198.51.100.1;for=198.51.100.2', '10.0.0.1'],
    ['a backslash is garbage', 'for="198.51.100.1";host="a\\"b"', '10.0.0.1'],
    ['a port without quotes is garbage', 'for=198.51.100.1:80', '10.0.0.1'],
    ['blanks within an element are garbage', 'for = 198.51.100.1', '10.0.0.1'],
    ['an address alone is garbage', '198.51.100.1', '10.0.0.1'],
  ])('%s', (_, forwarded, client) => {
    expect(clientOf('10.0.0.1', '', forwarded)).toBe(client)
  })
})

test('both headers are believed only where they agree', () => {
  expect(clientOf('10.0.0.1', '198.51.100.1', 'for=198.51.100.1')).toBe('198.51.100.1')
  expect(clientOf('10.0.0.1', '198.51.100.1', 'for=9.9.9.9')).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', '9.9.9.9', 'for=unknown')).toBe('10.0.0.1')
})

test('lists as long as headers can be are read in a moment', () => {
  const startMs = performance.now()
  expect(clientOf('10.0.0.1', ' '.repeat(64_000))).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', `1${' '.repeat(64_000)}1`)).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', '10.0.0.2,'.repeat(7_000))).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', `9.9.9.9${',10.0.0.2'.repeat(7_000)}`)).toBe('9.9.9.9')
  expect(clientOf('10.0.0.1', '', '"'.repeat(64_000))).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', '', `for=${'a'.repeat(64_000)}`)).toBe('10.0.0.1')
  expect(clientOf('10.0.0.1', '', 'a=b;'.repeat(16_000))).toBe('10.0.0.1')
  expect(performance.now() - startMs).toBeLessThan(500)
})
