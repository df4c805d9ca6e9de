import { expect, test } from 'vitest'
import { parseAddressWords } from '../../runtime/address-words.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes).buffer

test('a peer has its words, its text and what it is counted as', () => {
  const { text, words, counterWords } = createKnownAddresses().ofPeer(bytesOf(203, 0, 113, 9))
  expect(text).toBe('203.0.113.9')
  expect(words).toEqual(parseAddressWords('203.0.113.9'))
  expect(counterWords).toEqual(words)
})

test('the forms of a peer are made once', () => {
  const known = createKnownAddresses()
  expect(known.ofPeer(bytesOf(203, 0, 113, 9))).toBe(known.ofPeer(bytesOf(203, 0, 113, 9)))
})

test('a peer and a forwarded client of one address are the same', () => {
  const known = createKnownAddresses()
  const words = parseAddressWords('203.0.113.9') ?? new Int32Array(4)
  expect(known.ofPeer(bytesOf(203, 0, 113, 9))).toBe(known.ofWords(words))
})

test('an address keeps its words while others come', () => {
  const known = createKnownAddresses()
  const first = known.ofPeer(bytesOf(203, 0, 113, 9))
  known.ofPeer(bytesOf(198, 51, 100, 1))
  expect(first.words).toEqual(parseAddressWords('203.0.113.9'))
})

test('more addresses than there are places are told apart', () => {
  const known = createKnownAddresses()
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      const { text } = known.ofPeer(bytesOf(10, 1, i >> 8, i & 0xff))
      if (text !== `10.1.${i >> 8}.${i & 0xff}`) throw new Error(`${text} stands for ${i}`)
    }
  }
})
