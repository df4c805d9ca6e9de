import { expect, test } from 'vitest'
import { createVerifiedKeys } from '../../../runtime/identity/verified-keys.ts'

test('a secret that was verified is remembered with its digest', () => {
  const verified = createVerifiedKeys()
  verified.set('secret', 0)
  expect([verified.get('secret'), verified.get('other')]).toEqual([0, undefined])
})

test('of more secrets than there is room for, the last ones are remembered and the first ones are not', () => {
  const verified = createVerifiedKeys()
  for (let i = 0; i < 20_000; i++) verified.set(`secret ${i}`, i)
  expect([0, 11_000].map((i) => verified.get(`secret ${i}`))).toEqual([undefined, undefined])
  expect([19_999, 18_000, 16_000].map((i) => verified.get(`secret ${i}`))).toEqual([19_999, 18_000, 16_000])
})

test('a secret that is asked for again and again is not forgotten for others', () => {
  const verified = createVerifiedKeys()
  verified.set('often', 7)
  for (let i = 0; i < 50_000; i++) {
    verified.set(`secret ${i}`, i)
    if (i % 1000 === 0) verified.get('often')
  }
  expect(verified.get('often')).toBe(7)
})
