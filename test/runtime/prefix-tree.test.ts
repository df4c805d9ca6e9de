import ipaddr from 'ipaddr.js'
import { describe, expect, test } from 'vitest'
import { parseAddressRange } from '../../compiler/2-validate/addresses.ts'
import { toAddressRange } from '../../compiler/5-lower/addresses.ts'
import { parseAddressWords } from '../../runtime/address-words.ts'
import { createPrefixTree, isInTree, type PrefixTree } from '../../runtime/prefix-tree.ts'
import { createRandom, type Random } from '../parity/random.ts'
import { seedOfRun } from '../parity/seed.ts'

const ROUNDS = 300
const QUESTIONS = 200
const LOOK_UPS = 200_000
/** Far above what any machine needs, so that only a walk along the list of ranges fails. */
const LOOK_UP_NS_MAX = 3000

function wordsOf(text: string): Int32Array {
  const words = parseAddressWords(text)
  if (words === null) throw new Error(`not an address: ${text}`)
  return words
}

function rangeOf(text: string) {
  const parsed = parseAddressRange(text)
  if (parsed === null) throw new Error(`not a range: ${text}`)
  return toAddressRange({ at: '', text, ...parsed })
}

function treeOf(...ranges: readonly string[]): PrefixTree {
  return createPrefixTree(ranges.map(rangeOf))
}

describe('ranges of addresses', () => {
  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::a00:1', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.6', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.128/25', '192.0.2.128', true],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['ffff::/16', 'ffff:1::', true],
    ['2001:db8::/127', '2001:db8::1', true],
    ['2001:db8::/127', '2001:db8::2', false],
  ])('%s and %s: %s', (range, address, isIn) => {
    expect(isInTree(treeOf('198.51.100.1', range), wordsOf(address))).toBe(isIn)
  })

  test('without a range it holds nothing', () => {
    expect(isInTree(treeOf(), wordsOf('10.0.0.1'))).toBe(false)
  })
})

test('three hundred random sets hold what a well-kept library says that they hold', () => {
  const seed = seedOfRun()
  const random = createRandom(seed)
  let held = 0
  for (let round = 0; round < ROUNDS; round++) {
    const ranges = Array.from({ length: random.below(round < 100 ? 4 : 60) }, () => randomRange(random))
    // Nested, repeated and neighbouring ones, too.
    const all = [
      ...ranges,
      ...random.some(ranges, 0.3),
      ...random.some(ranges, 0.3).map((text) => nestedIn(random, text)),
    ]
    const tree = treeOf(...all)
    for (let i = 0; i < QUESTIONS; i++) {
      const address = random.chance(0.7) && all.length > 0 ? nearTo(random, random.pick(all)) : randomAddress(random)
      const expected = all.some((range) => holds(range, address))
      if (expected) held++
      if (isInTree(tree, wordsOf(address)) !== expected)
        throw new Error(`PARITY_SEED=${seed}: ${address} in [${all.join(', ')}] is ${expected}`)
    }
  }
  expect(held).toBeGreaterThan((ROUNDS * QUESTIONS) / 10)
  expect(held).toBeLessThan(ROUNDS * QUESTIONS * 0.9)
})

test('to be asked of ten thousand ranges costs hardly more than of one', () => {
  const random = createRandom(1)
  const figures = [1, 100, 10_000].map((count) => {
    const ranges = Array.from({ length: count }, () => `${randomIPv4(random)}/${28 + random.below(5)}`).map(aligned)
    const tree = treeOf(...ranges)
    const questions = Array.from({ length: 1024 }, (_, i) =>
      wordsOf(i % 2 ? randomIPv4(random) : nearTo(random, random.pick(ranges))),
    )
    let found = 0
    const ask = (): number => {
      const startMs = performance.now()
      for (let i = 0; i < LOOK_UPS; i++) if (isInTree(tree, questions[i & 1023] ?? new Int32Array(4))) found++
      return ((performance.now() - startMs) * 1e6) / LOOK_UPS
    }
    const ns = Math.min(ask(), ask(), ask())
    expect(found).toBeGreaterThan(0)
    return { count, ns }
  })
  process.stdout.write(
    `prefix tree: ${figures.map(({ count, ns }) => `${count} ranges ${ns.toFixed(0)} ns`).join(', ')}\n`,
  )
  for (const { ns } of figures) expect(ns).toBeLessThan(LOOK_UP_NS_MAX)
})

/** An IPv4 address is not in a range of IPv6 that is not written as one, except in those that hold all mapped ones. */
function holds(range: string, address: string): boolean {
  const bytes = (text: string): number[] => {
    const parsed = ipaddr.parse(text)
    return (parsed instanceof ipaddr.IPv4 ? parsed.toIPv4MappedAddress() : parsed).toByteArray()
  }
  const [base = '', length] = range.split('/')
  const isV4 = !base.includes(':')
  const bits = Number(length ?? (isV4 ? 32 : 128)) + (isV4 ? 96 : 0)
  const binary = (text: string): string =>
    bytes(text)
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
  return binary(base).slice(0, bits) === binary(address).slice(0, bits)
}

function randomRange(random: Random): string {
  const address = randomAddress(random)
  const max = address.includes(':') ? 128 : 32
  return aligned(`${address}/${random.chance(0.1) ? random.pick([0, 1, max - 1, max]) : random.below(max + 1)}`)
}

/** The range that an address and a length stand for: without bits behind the prefix. */
function aligned(text: string): string {
  const [address = '', length = ''] = text.split('/')
  const kind = address.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4
  return `${kind.networkAddressFromCIDR(`${address}/${length}`).toString()}/${length}`
}

function nestedIn(random: Random, range: string): string {
  const [address = '', length = ''] = range.split('/')
  const max = address.includes(':') ? 128 : 32
  return aligned(`${nearTo(random, range)}/${Number(length) + random.below(max - Number(length) + 1)}`)
}

/** An address in the range, or beside it. */
function nearTo(random: Random, range: string): string {
  const [base = '', length = ''] = range.split('/')
  const bytes = ipaddr.parse(base).toByteArray()
  const flipped = random.chance(0.3) ? Math.max(0, Number(length) - 1) : -1
  const near = bytes.map((byte, at) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) {
      const place = at * 8 + bit
      if (place === flipped || (place >= Number(length) && random.chance(0.5))) value ^= 0x80 >> bit
    }
    return value
  })
  return ipaddr.fromByteArray(near).toString()
}

function randomAddress(random: Random): string {
  if (random.chance(0.45)) return randomIPv4(random)
  if (random.chance(0.2)) return `::ffff:${randomIPv4(random)}`
  return ipaddr
    .fromByteArray([
      0x20,
      1,
      0xd,
      0xb8,
      ...Array.from({ length: 12 }, () => random.pick([0, 0, 255, random.below(256)])),
    ])
    .toString()
}

function randomIPv4(random: Random): string {
  return [random.pick([10, 192, 203, random.below(256)]), random.below(256), random.below(256), random.below(256)].join(
    '.',
  )
}
