import ipaddr from 'ipaddr.js'
import { describe, expect, test } from 'vitest'
import { addressText, counterWords, parseAddressWords, readAddressBytes } from '../../runtime/address-words.ts'

function wordsOf(text: string): Int32Array {
  const words = parseAddressWords(text)
  if (words === null) throw new Error(`not an address: ${text}`)
  return words
}

describe('reading an address', () => {
  test.each([
    ['1.2.3.4', [0, 0, 0xffff, 0x0102_0304]],
    ['255.255.255.255', [0, 0, 0xffff, -1]],
    ['0.0.0.0', [0, 0, 0xffff, 0]],
    ['::', [0, 0, 0, 0]],
    ['::1', [0, 0, 0, 1]],
    ['1::', [0x0001_0000, 0, 0, 0]],
    ['2001:db8::ff00:42:8329', [0x2001_0db8, 0, 0x0000_ff00, 0x0042_8329]],
    ['2001:DB8:1:2:3:4:5:6', [0x2001_0db8, 0x0001_0002, 0x0003_0004, 0x0005_0006]],
    ['1:2:3:4:5:6:7::', [0x0001_0002, 0x0003_0004, 0x0005_0006, 0x0007_0000]],
    ['::2:3:4:5:6:7:8', [0x0000_0002, 0x0003_0004, 0x0005_0006, 0x0007_0008]],
    ['::ffff:1.2.3.4', [0, 0, 0xffff, 0x0102_0304]],
    ['64:ff9b::192.0.2.33', [0x0064_ff9b, 0, 0, 0xc000_0221 | 0]],
    ['1:2:3:4:5:6:1.2.3.4', [0x0001_0002, 0x0003_0004, 0x0005_0006, 0x0102_0304]],
  ])('%s is read', (text, words) => {
    expect([...wordsOf(text)]).toEqual(words)
  })

  test.each([
    ...['', ' ', '1', '1.2.3', '1.2.3.4.5', '1.2.3.', '.1.2.3', '1..2.3', '256.1.1.1', '1.2.3.1000', '01.2.3.4'],
    ...['00.0.0.0', '0x1.2.3.4', '1.2.3.4 ', ' 1.2.3.4', '1.2.3.+4', '1.2.3.4:80', '1,2.3.4', '１.2.3.4', 'a.b.c.d'],
    ...[':', ':::', '1:', ':1', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::1:'],
    ...['1:2:3:4::5:6:7:8', '12345::', 'g::', '::-1', '::1%eth0', '[::1]', '[::1]:80', '::1.2.3', '::1.2.3.4:5'],
    ...['1:2:3:4:5:6:7:1.2.3.4', '::01.2.3.4', '1.2.3.4::', '::@', '::G', '::/0', 'unknown', '_hidden'],
    '0'.repeat(100_000),
    ':'.repeat(100_000),
  ])('%j is refused', (text) => {
    expect(parseAddressWords(text)).toBeNull()
  })

  test('a well-kept library reads a thousand random addresses the same', () => {
    for (let i = 0; i < 1000; i++) {
      const bytes = Array.from({ length: 16 }, (_, at) => (Math.sin(i * 16 + at) > 0.4 ? (i * 37 + at * 101) % 256 : 0))
      const address = ipaddr.fromByteArray(i % 4 === 0 ? bytes.slice(0, 4) : bytes)
      const texts = [address.toString(), address.toNormalizedString()]
      for (const text of texts) expect(bytesOf(wordsOf(text)), text).toEqual(mapped(address).toByteArray())
    }
  })

  test('what the engine says of a peer is read from 4 and 16 bytes, and from none', () => {
    const words = new Int32Array(4)
    readAddressBytes(Uint8Array.of(203, 0, 113, 9).buffer, words)
    expect(addressText(words)).toBe('203.0.113.9')
    readAddressBytes(Uint8Array.from(ipaddr.parse('2001:db8::9').toByteArray()).buffer, words)
    expect(addressText(words)).toBe('2001:db8::9')
    readAddressBytes(Uint8Array.from(ipaddr.parse('::ffff:203.0.113.9').toByteArray()).buffer, words)
    expect(addressText(words)).toBe('203.0.113.9')
    readAddressBytes(new ArrayBuffer(0), words)
    expect(addressText(words)).toBe('::')
  })
})

describe('writing an address', () => {
  test.each([
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:0DB8::0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::192.0.2.1', '::c000:201'],
    ['255.255.255.255', '255.255.255.255'],
  ])('%s becomes %s, its one form', (text, canonical) => {
    expect(addressText(wordsOf(text))).toBe(canonical)
  })

  test('every form is read back as the address that it was', () => {
    for (let i = 0; i < 500; i++) {
      const words = Int32Array.from({ length: 4 }, (_, at) => ((i >> at) & 1 ? Math.imul(i + at, 0x9e37_79b1) : 0))
      expect([...wordsOf(addressText(words))]).toEqual([...words])
    }
  })
})

test('IPv6 addresses are counted by their /64, IPv4 addresses each', () => {
  const counted = (text: string) => addressText(counterWords(wordsOf(text)))
  expect(counted('2001:db8:1:2:aaaa:bbbb:cccc:dddd')).toBe('2001:db8:1:2::')
  expect(counted('2001:db8:1:2::1')).toBe('2001:db8:1:2::')
  expect(counted('2001:db8:1:3::1')).toBe('2001:db8:1:3::')
  expect(counted('203.0.113.9')).toBe('203.0.113.9')
  expect(counted('203.0.113.8')).toBe('203.0.113.8')
})

function bytesOf(words: Int32Array): number[] {
  return [...words].flatMap((word) => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff])
}

function mapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv6 {
  return address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address
}
