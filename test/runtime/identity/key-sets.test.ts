import { expect, test } from 'vitest'
import { createKeySets } from '../../../runtime/identity/key-sets.ts'
import { nameOfSource, type KeyNews, type KeySource } from '../../../runtime/identity/key-sources.ts'
import { createSigner, jwksOf } from '../../support/signer.ts'

const SOURCE: KeySource = { issuer: 'https://id.example.com', jwks: '' }
const NOW_MS = 1_800_000_000_000
const ONE = createSigner('ES256', 'one')
const TWO = createSigner('ES256', 'two')

function newsOf(text: string | null, fetchedMs = NOW_MS, askAgainMs = NOW_MS + 30_000): KeyNews {
  return { source: nameOfSource(SOURCE), text, fetchedMs, askAgainMs }
}

function setUp() {
  const asked: KeySource[] = []
  const sets = createKeySets((source) => void asked.push(source))
  return { asked, sets, keys: sets.of(SOURCE) }
}

test('a thread that lacks keys asks once, whoever waits', async () => {
  const { asked, sets, keys } = setUp()
  let done = 0
  expect(keys.mayAsk(NOW_MS)).toBe(true)
  keys.ask(() => done++)
  keys.ask(() => done++)
  expect(asked).toEqual([SOURCE])
  expect(done).toBe(0)
  await sets.take(newsOf(jwksOf(ONE)))
  expect(done).toBe(2)
  expect(keys.current(NOW_MS)?.map(({ id }) => id)).toEqual(['one'])
  expect(keys.mayAsk(NOW_MS + 29_999)).toBe(false)
  expect(keys.mayAsk(NOW_MS + 30_000)).toBe(true)
})

test('those who wait are let go when there is nothing new, too', async () => {
  const { sets, keys } = setUp()
  let done = 0
  keys.ask(() => done++)
  await sets.take(newsOf(null, 0))
  expect(done).toBe(1)
  expect(keys.current(NOW_MS)).toBeNull()
})

test('keys serve an hour after they were fetched, and no longer', async () => {
  const { sets, keys } = setUp()
  await sets.take(newsOf(jwksOf(ONE)))
  expect(keys.current(NOW_MS + 3_599_999)).not.toBeNull()
  expect(keys.current(NOW_MS + 3_600_000)).toBeNull()
  expect(keys.lastMs()).toBe(NOW_MS + 3_600_000)
  await sets.take(newsOf(jwksOf(ONE), NOW_MS + 3_600_000))
  expect(keys.current(NOW_MS + 3_600_000)).not.toBeNull()
})

test('only other keys are a new generation', async () => {
  const { sets, keys } = setUp()
  await sets.take(newsOf(jwksOf(ONE)))
  const first = keys.generation()
  await sets.take(newsOf(jwksOf(ONE), NOW_MS + 1))
  expect(keys.generation()).toBe(first)
  await sets.take(newsOf(jwksOf(ONE, TWO), NOW_MS + 2))
  expect(keys.generation()).toBeGreaterThan(first)
})

test('of news that overtake each other the latest hold', async () => {
  const { sets, keys } = setUp()
  await Promise.all([
    sets.take(newsOf(jwksOf(TWO), NOW_MS + 1)),
    sets.take(newsOf(jwksOf(ONE, ...Array.from({ length: 20 }, () => ONE)), NOW_MS)),
  ])
  expect(keys.current(NOW_MS)?.map(({ id }) => id)).toEqual(['two'])
})

test('news of an issuer that this thread has no table for are passed over', async () => {
  const { sets, keys } = setUp()
  await sets.take({ ...newsOf(jwksOf(ONE)), source: 'another' })
  expect(keys.current(NOW_MS)).toBeNull()
})
