import { expect, test } from 'vitest'
import { createVerifiedKeys } from '../../../runtime/identity/verified-keys.ts'

test('a secret that was verified is remembered with its digest', () => {
  const verified = createVerifiedKeys()
  verified.set('secret', 0)
  expect([verified.get('secret'), verified.get('other')]).toEqual([0, undefined])
})

test('of more secrets than there is room for, those of the longest ago give way', () => {
  const verified = createVerifiedKeys()
  for (let i = 0; i < 20_000; i++) verified.set(`secret ${i}`, i)
  const remembered = Array.from({ length: 20_000 }, (_, i) => verified.get(`secret ${i}`)).filter(
    (i) => i !== undefined,
  )
  expect(remembered.length).toBeLessThan(10_000)
  expect(remembered).toEqual(Array.from({ length: remembered.length }, (_, i) => 20_000 - remembered.length + i))
})
