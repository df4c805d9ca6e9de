import { expect, test } from 'vitest'
import type { FetchOptions } from '../../../runtime/identity/fetch-text.ts'
import { createIntrospector } from '../../../runtime/identity/introspector.ts'

const NOW_MS = 1_800_000_000_000
const SERVICE = {
  url: 'https://id.example.com/introspect',
  authorization: 'Basic c2VjcmV0',
  cacheMs: 30_000,
  leewayMs: 0,
}
const ACTIVE = { active: true, sub: 'ann' }

interface Question {
  readonly url: string
  readonly options: FetchOptions
  readonly answer: (text: string) => void
  readonly fail: (error: Error) => void
}

function setUp(service = SERVICE) {
  const questions: Question[] = []
  const told: string[] = []
  const clock = { nowMs: NOW_MS }
  const introspector = createIntrospector(
    service,
    (url, options) => new Promise((answer, fail) => questions.push({ url, options, answer, fail })),
    () => clock.nowMs,
    (line) => void told.push(line),
  )
  const done: string[] = []
  const ask = (token: string): void => introspector.ask(token, `digest of ${token}`, () => void done.push(token))
  const look = (token: string) => introspector.look(`digest of ${token}`, clock.nowMs)
  return { questions, told, clock, ask, look, done, introspector }
}

async function settle(): Promise<void> {
  await new Promise((turn) => setImmediate(turn))
}

test('a service is asked with a form, as who the config says', async () => {
  const { questions, ask, look, done } = setUp()
  ask('a b&c=d')
  expect(questions[0]?.url).toBe(SERVICE.url)
  expect(questions[0]?.options).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic c2VjcmV0' },
    body: 'token=a+b%26c%3Dd&token_type_hint=access_token',
  })
  questions[0]?.answer(JSON.stringify(ACTIVE))
  await settle()
  expect(done).toEqual(['a b&c=d'])
  expect(look('a b&c=d')).toEqual({ claims: ACTIVE, untilMs: NOW_MS + 30_000 })
})

test('many who show one token share one question', async () => {
  const { questions, ask, done } = setUp()
  for (let i = 0; i < 20; i++) ask('t')
  expect(questions).toHaveLength(1)
  questions[0]?.answer(JSON.stringify(ACTIVE))
  await settle()
  expect(done).toHaveLength(20)
})

test.each([
  [{ active: false }],
  [{ active: 'true' }],
  [{ active: 1 }],
  [{ sub: 'ann' }],
  [{}],
  [{ ...ACTIVE, exp: NOW_MS / 1000 - 1 }],
])('a token of which the service says %o does not hold, which is remembered shortly', async (said) => {
  const { questions, ask, look, clock } = setUp()
  ask('t')
  questions[0]?.answer(JSON.stringify(said))
  await settle()
  expect(look('t')?.claims).toBeNull()
  clock.nowMs += 5000
  expect(look('t')).toBeUndefined()
})

test('an answer is believed for the time of the config, and not past the end of the token', async () => {
  const { questions, ask, look, clock } = setUp()
  ask('long')
  ask('short')
  questions[0]?.answer(JSON.stringify({ ...ACTIVE, exp: NOW_MS / 1000 + 600 }))
  questions[1]?.answer(JSON.stringify({ ...ACTIVE, exp: NOW_MS / 1000 + 10 }))
  await settle()
  clock.nowMs += 9_999
  expect(look('short')?.claims).not.toBeNull()
  clock.nowMs += 1
  expect(look('short')).toBeUndefined()
  clock.nowMs += 19_999
  expect(look('long')?.claims).not.toBeNull()
  clock.nowMs += 1
  expect(look('long')).toBeUndefined()
})

test.each(['<html>', '[]', 'null', '"active"', '{"active":false,"active":true}', ''])(
  'a service that answers with %j has not answered',
  async (text) => {
    const { questions, ask, look, done, told } = setUp()
    ask('t')
    questions[0]?.answer(text)
    await settle()
    expect(done).toEqual(['t'])
    expect(look('t')).toBeUndefined()
    expect(told).toEqual([
      'the introspection service of https://id.example.com does not answer: it answered with something that is no JSON object',
    ])
  },
)

test('a service that fails again and again is left alone for a while, and the operator is told once', async () => {
  const { questions, told, ask, done, clock } = setUp()
  for (let i = 0; i < 5; i++) {
    ask(`t${i}`)
    questions[i]?.fail(new Error('it answered with status 500'))
    await settle()
  }
  ask('in the pause')
  expect(done).toContain('in the pause')
  expect(questions).toHaveLength(5)
  clock.nowMs += 2000
  ask('after it')
  questions[5]?.answer(JSON.stringify(ACTIVE))
  await settle()
  expect(told).toEqual([
    'the introspection service of https://id.example.com does not answer: it answered with status 500',
    'the introspection service of https://id.example.com answers again',
  ])
})

test('only so many questions are asked at once, and those behind them wait', async () => {
  const { questions, ask, done } = setUp()
  for (let i = 0; i < 64 + 1024 + 1; i++) ask(`t${i}`)
  expect(questions).toHaveLength(64)
  // The last one finds the queue full.
  expect(done).toEqual([`t${64 + 1024}`])
  questions[0]?.answer(JSON.stringify(ACTIVE))
  await settle()
  expect(questions).toHaveLength(65)
})
