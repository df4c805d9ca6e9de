import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoadedTable } from '../../runtime/load-table.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { bytesOf, nextTurn } from '../support/answer-run.ts'
import { compileTestTable, createCounters, loadCompiledTable } from '../support/decider.ts'
import { callOf, createGateway, problemOf, type Gateway, type Handled } from '../support/handled.ts'
import { createTestIdentity } from '../support/test-identity.ts'
import { TOKENS_CONFIG } from '../support/tokens-config.ts'

const TOKEN = 'opaque-0123456789'
const SAID = { active: true, sub: 'ann', aud: 'acme-api', org: 'globex', scope: 'read:things' }
const CONFIG = TOKENS_CONFIG.replace(
  'auth: [key, opaque]\n    routes:\n      GET /: { scope: things:read }',
  `auth: [key, opaque]
    requests: { body: 2MB }
    routes:
      GET /: { scope: things:read }
      POST /: { scope: things:read }
      PUT /: { scope: things:read, body: ./any.schema.json }
      GET /hasty: { scope: things:read, requests: { timeout: 1s } }
      GET /forbidden: { scope: admin:all }
      POST /forbidden: { scope: admin:all }`,
)

let compiled: GatewayTable
let table: LoadedTable
let gateway: Gateway
let handled: Handled[] = []
/** Ends the questions that are asked, in their order. */
let questions: (() => void)[] = []
let said: object | null = SAID

beforeAll(async () => {
  compiled = await compileTestTable(CONFIG, { 'any.schema.json': '{"type":"object"}' })
})

beforeEach(() => {
  handled = []
  questions = []
  said = SAID
  const { sources } = createTestIdentity()
  const introspectorOf: typeof sources.introspectorOf = () => {
    const known = new Set<string>()
    const claimsOf = (): object | null => (said !== null && 'active' in said && said.active === true ? said : null)
    return {
      // Safe: JSON's objects are records.
      look: (digest) =>
        known.has(digest)
          ? { claims: claimsOf() as Readonly<Record<string, unknown>> | null, untilMs: Infinity }
          : undefined,
      ask: (_, digest, done) =>
        void questions.push(() => {
          if (said !== null) known.add(digest)
          done()
        }),
    }
  }
  table = loadCompiledTable(compiled, createCounters(), { ...sources, introspectorOf })
  gateway = createGateway(table)
})

afterEach(() => {
  for (const { fake } of handled) expect(fake.faults).toEqual([])
  expect(gateway.bugs).toEqual([])
  const linesOf = ({ exchange }: Handled): number => gateway.recorded.filter((one) => one.exchange === exchange).length
  expect(handled.map(linesOf)).toEqual(handled.map(() => 1))
})

function ask(method = 'GET', url = '/opaque', headers: readonly (readonly [string, string])[] = []): Handled {
  const one = gateway.handle({ method, url, headers: [['authorization', `Bearer ${TOKEN}`], ...headers] })
  handled.push(one)
  return one
}

function lengthOf(bytes: number): readonly [string, string] {
  return ['content-length', String(bytes)]
}

function answerQuestion(): void {
  const question = questions.shift()
  if (question === undefined) throw new Error('nobody was asked')
  question()
}

describe('a request whose token is not known yet', () => {
  test('waits for the answer and goes on then', () => {
    const one = ask()
    expect(one.call()).toBeNull()
    expect(one.fake.sent()).toHaveLength(0)
    gateway.pass(200)
    answerQuestion()
    expect(callOf(one).request.headers).toContain('x-keysmith-subject: ann\r\n')
    callOf(one).answer({ status: 200 }, 'ok')
    expect(one.read().status).toBe(200)
    // What it waited is taken off the time that the upstream has.
    expect(callOf(one).request.timeoutMs).toBe(29_800)
    expect(one.exchange.calledMs).toBe(200)
  })

  test('is decided at once when the token is known', () => {
    ask()
    answerQuestion()
    callOf(handled[0] ?? ask()).answer({ status: 200 }, 'ok')
    const again = ask()
    callOf(again).answer({ status: 200 }, 'ok')
    expect(questions).toHaveLength(0)
  })

  test.each([
    [{ active: false }, 401, 'invalid-token'],
    [{ ...SAID, scope: '' }, 403, 'insufficient-scope'],
    [null, 503, 'upstream-unavailable'],
  ])('is refused when the service says %o', (answer, status, code) => {
    said = answer
    const one = ask()
    answerQuestion()
    expect(one.call()).toBeNull()
    expect(problemOf(one)).toEqual({ status, code })
  })

  test('is let go when nobody answers', () => {
    const one = ask()
    gateway.pass(9_900)
    expect(one.fake.sent()).toHaveLength(0)
    gateway.pass(200)
    expect(problemOf(one)).toEqual({ status: 503, code: 'upstream-unavailable' })
    expect(one.read().headers).toContainEqual(['retry-after', '1'])
    answerQuestion()
    expect(one.call()).toBeNull()
  })

  test('waits no longer than its route allows', () => {
    const one = ask('GET', '/opaque/hasty')
    gateway.pass(1_100)
    expect(problemOf(one)).toEqual({ status: 503, code: 'upstream-unavailable' })
  })

  test('is forgotten when its caller leaves', () => {
    const one = ask()
    one.fake.abort()
    answerQuestion()
    gateway.pass(20_000)
    expect(one.call()).toBeNull()
    expect(gateway.recorded[0]).toMatchObject({ status: 499 })
  })

  test('takes its limits once, when it is decided', () => {
    const first = ask()
    const second = ask()
    const third = ask()
    for (let i = 0; i < 3; i++) answerQuestion()
    expect([first, second].map(({ exchange }) => exchange.refusal)).toEqual([null, null])
    expect(problemOf(third)).toEqual({ status: 429, code: 'concurrency-exceeded' })
    for (const one of [first, second]) callOf(one).answer({ status: 200 }, 'ok')
    const fourth = ask()
    callOf(fourth).answer({ status: 200 }, 'ok')
  })
})

describe('its body', () => {
  test('that comes meanwhile is held, and goes on whole', () => {
    const one = ask('POST', '/opaque', [lengthOf(30_000)])
    one.fake.receive(bytesOf(10_000), false)
    one.fake.receive(bytesOf(10_000), false)
    answerQuestion()
    const call = callOf(one)
    expect(call.body()).toHaveLength(20_000)
    one.fake.receive(bytesOf(10_000), true)
    expect(call.body()).toHaveLength(30_000)
    expect(call.log.at(-1)).toBe('end')
    call.answer({ status: 200 }, 'ok')
    expect(one.read().status).toBe(200)
  })

  test('that came to its end meanwhile goes on whole', () => {
    const one = ask('POST', '/opaque', [lengthOf(10_000)])
    one.fake.receive(bytesOf(10_000), true)
    answerQuestion()
    expect(callOf(one).body().equals(bytesOf(10_000))).toBe(true)
    expect(callOf(one).log).toEqual(['write 10000', 'end'])
    callOf(one).answer({ status: 200 }, 'ok')
  })

  test('that is large waits at its caller', () => {
    const one = ask('POST', '/opaque', [lengthOf(2_000_000)])
    one.fake.receive(bytesOf(100_000), false)
    expect(one.fake.isPaused()).toBe(true)
    answerQuestion()
    expect(one.fake.isPaused()).toBe(false)
    expect(callOf(one).body()).toHaveLength(100_000)
    for (let i = 0; i < 19; i++) one.fake.receive(bytesOf(100_000), i === 18)
    expect(callOf(one).body()).toHaveLength(2_000_000)
    callOf(one).answer({ status: 200 }, 'ok')
  })

  test('waits on while the upstream does not keep up', () => {
    const one = ask('POST', '/opaque', [lengthOf(2_000_000)])
    one.fake.receive(bytesOf(100_000), false)
    answerQuestion()
    callOf(one).keepsUp = false
    one.fake.receive(bytesOf(100_000), false)
    expect(one.fake.isPaused()).toBe(true)
    callOf(one).answer({ status: 200 }, 'ok')
    expect(one.fake.isPaused()).toBe(false)
    one.fake.receive(bytesOf(100), false)
    one.fake.abort()
  })

  test('is validated when it is all there', async () => {
    const one = ask('PUT', '/opaque', [lengthOf(2), ['content-type', 'application/json']])
    one.fake.receive(Buffer.from('{}'), true)
    answerQuestion()
    expect(callOf(one).request.body).toEqual(new Uint8Array(Buffer.from('{}')))
    callOf(one).answer({ status: 200 }, 'ok')
    await nextTurn()
  })

  test('in chunks goes on whole', () => {
    const headers = [['transfer-encoding', 'chunked'] as const, ['content-type', 'application/json'] as const]
    const one = ask('PUT', '/opaque', headers)
    one.fake.receive(Buffer.from('{ "a"'), false)
    answerQuestion()
    expect(one.call()).toBeNull()
    one.fake.receive(Buffer.from(': 1 }'), true)
    // Safe: a body that is validated is read whole.
    expect(Buffer.from(callOf(one).request.body as Uint8Array).toString()).toBe('{ "a": 1 }')
    callOf(one).answer({ status: 200 }, 'ok')
    one.fake.takeAll()
  })

  test('of a request that is refused is read over', async () => {
    const one = ask('POST', '/opaque/forbidden', [lengthOf(10_000)])
    one.fake.receive(bytesOf(4_000), false)
    answerQuestion()
    one.fake.receive(bytesOf(6_000), true)
    await nextTurn()
    expect(problemOf(one)).toEqual({ status: 403, code: 'insufficient-scope' })
  })

  test('that comes too slowly is not waited for', () => {
    const one = ask('POST', '/opaque', [lengthOf(10_000)])
    one.fake.receive(bytesOf(10), false)
    gateway.pass(10_100)
    expect([408, 503]).toContain(one.exchange.status)
    one.fake.abort()
  })
})
