import { expect, test } from 'vitest'
import { parseAddress, parseAddressRange } from '../../../compiler/2-validate/addresses.ts'

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]

test.each([
  ['203.0.113.0/24', [...MAPPED, 203, 0, 113, 0], 120],
  ['10.0.0.1', [...MAPPED, 10, 0, 0, 1], 128],
  ['0.0.0.0/0', [...MAPPED, 0, 0, 0, 0], 96],
  ['2001:db8::/32', [32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 32],
  ['::1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128],
  ['::/0', new Array<number>(16).fill(0), 0],
])('%s is a range of IPv6', (text, bytes, bits) => expect(parseAddressRange(text)).toEqual({ bytes, bits }))

test.each([
  ['203.0.113.1/24', 'has bits behind its prefix'],
  ['2001:db8::1/32', 'has bits behind its prefix'],
  ['203.0.113.0/33', 'has a prefix that is too long'],
  ['::/129', 'has a prefix that is too long'],
  ['203.0.113.0/', 'has no prefix'],
  ['203.0.113.0/08', 'has a prefix that is written strangely'],
  ['203.0.113.0/24/24', 'has two prefixes'],
  ['203.0.113', 'is a shorthand'],
  ['0x7f.0.0.1', 'is hexadecimal'],
  ['010.0.0.1', 'may be octal'],
  ['2130706433', 'is one number'],
  ['fe80::1%eth0', 'has a zone'],
  ['[::1]', 'has brackets'],
  ['localhost', 'is a name'],
  ['', 'is nothing'],
])('%s is no range: it %s', (text) => expect(parseAddressRange(text)).toBeNull())

test.each([
  ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
])('%s can be listened on', (text, address) => expect(parseAddress(text)).toEqual(address))

test.each([
  ['127.0.0.1'],
  ['127.0.0.1:65536'],
  ['localhost:80'],
  ['::1:80'],
  ['[127.0.0.1]x:80'],
  ['127.1:80'],
  ['[fe80::1%eth0]:80'],
])('%s cannot be listened on', (text) => expect(parseAddress(text)).toBeNull())
