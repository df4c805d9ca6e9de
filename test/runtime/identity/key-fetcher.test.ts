import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createKeyFetcher, type KeyFetcher } from '../../../runtime/identity/key-fetcher.ts'
import type { KeyNews, KeySource } from '../../../runtime/identity/key-sources.ts'

const ISSUER = 'https://id.example.com'
const SOURCE: KeySource = { issuer: ISSUER, jwks: `${ISSUER}/jwks.json` }
const DISCOVERED: KeySource = { issuer: ISSUER, jwks: '' }
const GOOD = '{"keys":[]}'
const BETTER = '{"keys":[{}]}'

/** What the provider answers, by address; an Error is thrown. */
let answers: Record<string, string | Error>
let asked: string[]
let told: string[]
let news: KeyNews[]
let fetcher: KeyFetcher

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  answers = { [SOURCE.jwks]: GOOD }
  asked = []
  told = []
  news = []
  fetcher = createKeyFetcher({
    fetchText: async (url) => {
      asked.push(url)
      // A turn of the loop, as any answer takes.
      await new Promise((done) => setTimeout(done, 10))
      const answer = answers[url] ?? new Error('it answered with status 404')
      if (answer instanceof Error) throw answer
      return answer
    },
    onNews: (one) => void news.push(one),
    tell: (line) => void told.push(line),
  })
})

afterEach(() => {
  fetcher.close()
  vi.useRealTimers()
})

/** Asks, and says what is known then. */
async function want(source = SOURCE): Promise<KeyNews> {
  let result: KeyNews | null = null
  fetcher.want(source, (one) => (result = one))
  for (let turn = 0; result === null && turn < 10; turn++) await vi.advanceTimersByTimeAsync(10)
  if (result === null) throw new Error('nothing was told')
  return result
}

test('many who lack a key share one fetch, and all threads learn of it', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => want()))
  expect(asked).toEqual([SOURCE.jwks])
  expect(new Set(all.map(({ text }) => text))).toEqual(new Set([GOOD]))
  expect(news.map(({ text }) => text)).toEqual([GOOD])
})

test('a flood of unknown key ids is answered from what is known, and makes ever fewer fetches', async () => {
  await want()
  for (let i = 0; i < 1000; i++) await want()
  expect(asked).toHaveLength(1)
  for (let i = 0; i < 600; i++) {
    await vi.advanceTimersByTimeAsync(100)
    await want()
  }
  // After 0, 1, 3, 8, 18 and 48 s.
  expect(asked).toHaveLength(6)
})

test('a key that is new is fetched for the first token that names it', async () => {
  await want()
  await vi.advanceTimersByTimeAsync(1000)
  answers[SOURCE.jwks] = BETTER
  expect((await want()).text).toBe(BETTER)
  expect(asked).toHaveLength(2)
})

test('keys are fetched anew before anybody asks', async () => {
  await want()
  answers[SOURCE.jwks] = BETTER
  await vi.advanceTimersByTimeAsync(300_100)
  expect(news.at(-1)?.text).toBe(BETTER)
})

test('while the provider is down the last keys stay, it is asked again ever more seldom, and the operator is told once', async () => {
  const first = await want()
  const fetchedAt = new Date(first.fetchedMs).toISOString()
  expect(fetcher.health()).toEqual([{ issuer: ISSUER, fetchedAt, fault: null }])
  answers[SOURCE.jwks] = new Error('it answered with status 500')
  await vi.advanceTimersByTimeAsync(300_100)
  expect(news.at(-1)).toMatchObject({ text: GOOD, fetchedMs: first.fetchedMs })
  const before = asked.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked.length - before).toBe(5)
  expect(fetcher.health()).toEqual([{ issuer: ISSUER, fetchedAt, fault: 'it answered with status 500' }])
  expect(told).toEqual([
    `the keys of ${ISSUER} cannot be fetched: it answered with status 500; the last ones serve until ${new Date(first.fetchedMs + 3_600_000).toISOString()}`,
  ])
  answers[SOURCE.jwks] = BETTER
  await vi.advanceTimersByTimeAsync(30_100)
  expect(news.at(-1)?.text).toBe(BETTER)
  expect(told.at(-1)).toBe(`the keys of ${ISSUER} are fetched again`)
})

test('keys that were never fetched are none', async () => {
  answers[SOURCE.jwks] = new Error('it did not answer in time')
  expect(await want()).toMatchObject({ text: null, fetchedMs: 0 })
  expect(told).toEqual([`the keys of ${ISSUER} cannot be fetched: it did not answer in time`])
  expect(fetcher.health()).toEqual([{ issuer: ISSUER, fetchedAt: null, fault: 'it did not answer in time' }])
})

test.each(['<html>', '{}', '{"keys":{}}', ''])('a provider that answers with %j changes nothing', async (lie) => {
  await want()
  answers[SOURCE.jwks] = lie
  await vi.advanceTimersByTimeAsync(300_100)
  expect(news.at(-1)?.text).toBe(GOOD)
})

test('a provider that takes all keys back is believed', async () => {
  answers[SOURCE.jwks] = BETTER
  await want()
  answers[SOURCE.jwks] = GOOD
  await vi.advanceTimersByTimeAsync(300_100)
  expect(news.at(-1)?.text).toBe(GOOD)
})

test('without an address keys are found by discovery', async () => {
  answers[`${ISSUER}/.well-known/openid-configuration`] = JSON.stringify({ issuer: ISSUER, jwks_uri: SOURCE.jwks })
  expect((await want(DISCOVERED)).text).toBe(GOOD)
  expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`, SOURCE.jwks])
})

test('an issuer that ends in a slash has its document below it, once', async () => {
  const issuer = `${ISSUER}/realms/acme/`
  const place = `${ISSUER}/realms/acme/.well-known/openid-configuration`
  answers[place] = JSON.stringify({ issuer, jwks_uri: SOURCE.jwks })
  expect((await want({ issuer, jwks: '' })).text).toBe(GOOD)
})

test.each([
  [{ issuer: 'https://evil.example.com', jwks_uri: SOURCE.jwks }, 'names another issuer'],
  [{ issuer: `${ISSUER}/`, jwks_uri: SOURCE.jwks }, 'names another issuer'],
  [{ jwks_uri: SOURCE.jwks }, 'names another issuer'],
  [{ issuer: ISSUER }, 'names no address'],
  [{ issuer: ISSUER, jwks_uri: 'http://id.example.com/jwks' }, 'names no address'],
  [{ issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }, 'names no address'],
  [{ issuer: ISSUER, jwks_uri: [SOURCE.jwks] }, 'names no address'],
  ['nothing', 'is not JSON'],
])('a discovery document that says %o is not believed', async (document, why) => {
  answers[`${ISSUER}/.well-known/openid-configuration`] = JSON.stringify(document)
  expect((await want(DISCOVERED)).text).toBeNull()
  expect(asked).toHaveLength(1)
  expect(told[0]).toContain(why)
})

test('a source that no table names any more is not fetched again', async () => {
  await want()
  fetcher.keepOnly([DISCOVERED])
  await vi.advanceTimersByTimeAsync(900_000)
  expect(asked).toHaveLength(1)
})
