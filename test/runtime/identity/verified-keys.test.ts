import { expect, test } from 'vitest'
import { createVerifiedKeys } from '../../../runtime/identity/verified-keys.ts'

const ROOM = 8192
const secretOf = (i: number): string => `acme_live_${i.toString(36).padStart(38, '.')}`

test('a secret that was verified is remembered with its digest', () => {
  const verified = createVerifiedKeys()
  verified.set(secretOf(1), 0)
  expect([verified.get(secretOf(1)), verified.get(secretOf(2))]).toEqual([0, -1])
})

test('secrets that end alike are told apart', () => {
  const verified = createVerifiedKeys()
  const secrets = ['a', 'b', 'c', 'd'].map((character) => `acme_live_${character.repeat(30)}same end`)
  secrets.forEach(verified.set)
  expect(secrets.map(verified.get)).toEqual([0, 1, 2, 3])
  expect(verified.get(`acme_live_${'e'.repeat(30)}same end`)).toBe(-1)
})

test('what is too short to be a secret is not known', () => {
  expect(['', 'acme_'].map(createVerifiedKeys().get)).toEqual([-1, -1])
})

test('of more secrets than there is room for, nearly all of the last ones are remembered, and no more than have room', () => {
  const verified = createVerifiedKeys()
  const secrets = Array.from({ length: 20_000 }, (_, i) => secretOf(i))
  secrets.forEach(verified.set)
  const known = secrets.flatMap((secret, i) => (verified.get(secret) === i ? [i] : []))
  expect(known.length).toBeLessThanOrEqual(ROOM)
  expect(known.filter((i) => i >= 19_000).length).toBeGreaterThan(950)
  expect(secrets.filter((secret, i) => ![i, -1].includes(verified.get(secret)))).toEqual([])
})

test('a secret that is asked for again and again is not forgotten for others', () => {
  const verified = createVerifiedKeys()
  const often = secretOf(-1)
  verified.set(often, 7)
  for (let i = 0; i < 50_000; i++) {
    verified.set(secretOf(i), i)
    if (i % 100 === 0) verified.get(often)
  }
  expect(verified.get(often)).toBe(7)
})
