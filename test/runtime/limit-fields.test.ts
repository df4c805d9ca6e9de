import { describe, expect, test } from 'vitest'
import { answerLines } from '../../runtime/answer-lines.ts'
import type { Exchange } from '../../runtime/exchange.ts'
import { limitFields } from '../../runtime/limit-fields.ts'
import { leaveLimits } from '../../runtime/take-limits.ts'
import { AT_MS, createDecider, type TestRequest } from '../support/decider.ts'
import { parseLines } from '../support/header-lines.ts'
import { limitedConfig, secretOf, type LimitedParts } from '../support/limited-config.ts'

type Ask = (request?: Partial<TestRequest>, key?: string) => Exchange

async function limited(parts: LimitedParts): Promise<Ask> {
  const decide = await createDecider(limitedConfig(parts))
  return (request, key = 'a') => decide({ url: '/things', headers: [['x-api-key', secretOf(key)]], ...request })
}

/** The two fields of an answer, without their names. */
function fieldsOf(exchange: Exchange): (string | undefined)[] {
  const lines = new Map(parseLines(limitFields(exchange)))
  return [lines.get('ratelimit-policy'), lines.get('ratelimit')]
}

/** What a RateLimit field says of each limit. */
function remainingOf(exchange: Exchange): Map<string, { readonly r: number; readonly t: number | null }> {
  const [, field = ''] = fieldsOf(exchange)
  const items = field.split(', ').map((item) => {
    const match = /^"([a-z-]+)";r=(\d+)(?:;t=(\d+))?$/.exec(item)
    if (match === null) throw new Error(`no item: ${item}`)
    const [, name = '', r, t] = match
    return [name, { r: Number(r), t: t === undefined ? null : Number(t) }] as const
  })
  return new Map(items)
}

describe('what a caller is told of limits', () => {
  test('the numbers as configured, and what is left', async () => {
    const ask = await limited({
      plans: { all: '{ rate: 100/min, burst: 20, quota: 10_000/day, concurrency: 9 }' },
      keys: { a: 'plan: all' },
    })
    const exchange = ask({ afterMs: 400 })
    expect(fieldsOf(exchange)).toEqual([
      '"rate";q=100;w=60, "quota";q=10000;w=86400',
      '"rate";r=19;t=1, "quota";r=9999;t=43200',
    ])
    const [, later] = fieldsOf(ask({ afterMs: 700 }))
    expect(later).toBe('"rate";r=18;t=1, "quota";r=9998;t=43200')
  })

  test('a month has no window, an hour and a second have theirs', async () => {
    const ask = await limited({
      keys: { a: 'limits: { rate: 5/h, quota: 10/month }', b: 'limits: { rate: 5/s }' },
    })
    const endOfMonth = (Date.parse('2026-12-01') - AT_MS) / 1000
    expect(fieldsOf(ask())).toEqual([
      '"rate";q=5;w=3600, "quota";q=10',
      `"rate";r=4;t=720, "quota";r=9;t=${endOfMonth}`,
    ])
    expect(fieldsOf(ask({}, 'b'))).toEqual(['"rate";q=5;w=1', '"rate";r=4;t=1'])
  })

  test('limits of api and route have names of their own, those of the tenant none', async () => {
    const ask = await limited({
      tenant: '{ rate: 1_000/min, quota: 5_000/day, concurrency: 10 }',
      api: '{ rate: 60/min, per: key }',
      keys: { a: 'limits: { rate: 30/min }' },
      routes: { 'PUT /': 'limits: { quota: 5/day, concurrency: 3, per: key }' },
    })
    expect(fieldsOf(ask({ method: 'PUT' }))).toEqual([
      '"rate";q=30;w=60, "api-rate";q=60;w=60, "route-quota";q=5;w=86400',
      '"rate";r=29;t=2, "api-rate";r=59;t=1, "route-quota";r=4;t=43200',
    ])
  })

  test('how it stood when the request took its own, whoever takes more before the answer', async () => {
    const ask = await limited({ plans: { all: '{ rate: 5/min, quota: 9/day }' }, keys: { a: 'plan: all' } })
    const exchanges = [ask(), ask(), ask()]
    const told = exchanges.map((exchange) => [...remainingOf(exchange).values()].map(({ r }) => r))
    expect(told).toEqual([
      [4, 8],
      [3, 7],
      [2, 6],
    ])
  })

  test('nothing where nothing is shown', async () => {
    const ask = await limited({ tenant: '{ rate: 1_000/min }', keys: { a: 'limits: { concurrency: 3 }' } })
    expect(limitFields(ask())).toBe('')
  })

  test('a full allowance has no time', async () => {
    const ask = await limited({
      keys: { a: 'limits: { rate: 2/min, burst: 1, quota: 2/month }' },
      routes: { 'PUT /': 'limits: { quota: 1/day, per: key }' },
    })
    expect(fieldsOf(ask({ method: 'PUT' }))[1]).toMatch(
      /^"rate";r=0;t=30, "quota";r=1;t=\d+, "route-quota";r=0;t=43200$/,
    )
    // The route refuses: the rate has all that it may have.
    expect(fieldsOf(ask({ method: 'PUT', afterMs: 30_000 }))[1]).toMatch(/^"rate";r=1, "quota";r=1;t=\d+, /)
    const newMonth = ask({ method: 'PUT', afterMs: Date.parse('2026-12-01') - AT_MS })
    expect(fieldsOf(newMonth)[1]).toBe('"rate";r=0;t=30, "quota";r=1;t=2678400, "route-quota";r=0;t=86400')
  })

  test('a refused request is told when it would have fitted', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 6/min }' }, routes: { 'POST /': 'cost: 4' } })
    ask({ method: 'POST' })
    const refused = ask({ method: 'POST' })
    expect(refused.refusal?.members['retryAfter']).toBe(20)
    expect(fieldsOf(refused)[1]).toBe('"rate";r=2;t=20')
    expect(fieldsOf(ask({ method: 'POST', afterMs: 1 }))[1]).toBe('"rate";r=2;t=20')
    expect(fieldsOf(ask({ method: 'POST', afterMs: 1001 }))[1]).toBe('"rate";r=2;t=19')
  })

  test('the fields stand in the answer of an upstream, too', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 6/min }' } })
    const lines = answerLines(ask(), {
      status: 200,
      fields: ['ratelimit', 'x'],
      isAscii: true,
      contentLength: 0,
      hasBody: true,
    })
    expect(lines).toContain('ratelimit-policy: "rate";q=6;w=60\r\nratelimit: "rate";r=5;t=10\r\n')
    expect(lines).not.toContain('ratelimit: x')
  })
})

describe('what is told is true', () => {
  const RATES = ['1/h', '7/h', '59/h', '1/min', '7/min', '100/min', '6_000/min', '1/s', '3/s', '7/s', '1_000/s']
  const LETTERS = 'abcdefghijk'

  /** A generator of whole numbers, the same ones in each run. */
  function numbers(seed: number): (below: number) => number {
    let state = seed
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
  }

  test('a caller who waits Retry-After seconds gets through, and not a second earlier', async () => {
    const next = numbers(7)
    const keys = Object.fromEntries(
      RATES.map((rate, i) => {
        const burst = rate === '1/h' ? 5 : 5 + next(20)
        const quota =
          i % 3 === 0 ? `, quota: ${20 + next(30)}/day` : i % 3 === 1 ? `, quota: ${20 + next(30)}/month` : ''
        return [LETTERS[i] ?? '', `limits: { rate: ${rate}, burst: ${burst}${quota} }`] as const
      }),
    )
    const ask = await limited({
      keys,
      tenant: '{ rate: 50/min }',
      api: '{ rate: 500/min, burst: 9, per: key }',
      routes: {
        'POST /': 'cost: 3',
        'PUT /': 'cost: 5, limits: { rate: 11/min, burst: 2, quota: 9/day, per: everyone }',
      },
    })
    let afterMs = 0
    let refused = 0
    const codes = new Set<string>()
    for (let i = 0; i < 4000; i++) {
      afterMs += next(4) === 0 ? next(3000) : 0
      const key = LETTERS[next(LETTERS.length)] ?? ''
      const method = ['GET', 'POST', 'PUT'][next(3)] ?? 'GET'
      const exchange = ask({ method, afterMs }, key)
      if (exchange.refusal === null) continue
      refused++
      codes.add(exchange.refusal.code)
      const seconds = Number(exchange.refusal.members['retryAfter'])
      expect(exchange.refusal.headers).toBe(`retry-after: ${seconds}\r\n`)
      if (seconds > 1) {
        const early = ask({ method, afterMs: afterMs + (seconds - 1) * 1000 - 1 }, key)
        expect([i, early.refusal?.status]).toEqual([i, 429])
      }
      afterMs += seconds * 1000
      const again = ask({ method, afterMs }, key)
      expect([i, key, method, again.refusal]).toEqual([i, key, method, null])
    }
    expect(refused).toBeGreaterThan(300)
    expect([...codes].sort()).toEqual(['quota-exceeded', 'rate-exceeded'])
  })

  test('as many pass as are left, and one more after the time that is told', async () => {
    const next = numbers(11)
    const keys = Object.fromEntries(
      RATES.map((rate, i) => [LETTERS[i] ?? '', `limits: { rate: ${rate}, burst: ${1 + next(12)} }`] as const),
    )
    const ask = await limited({ keys })
    for (const key of LETTERS) {
      let afterMs = next(1000)
      for (let round = 0; round < 40; round++) {
        const { r, t } = remainingOf(ask({ afterMs }, key)).get('rate') ?? { r: NaN, t: null }
        for (let i = 0; i < r; i++) expect([key, round, ask({ afterMs }, key).refusal]).toEqual([key, round, null])
        const over = ask({ afterMs }, key)
        expect([key, round, over.refusal?.code]).toEqual([key, round, 'rate-exceeded'])
        if (r === 0 && t !== null) {
          afterMs += t * 1000
          expect([key, round, ask({ afterMs }, key).refusal]).toEqual([key, round, null])
        } else afterMs += Number(over.refusal?.members['retryAfter']) * 1000 * (1 + next(3))
        afterMs += next(700)
      }
    }
  })

  test('of a quota, as many pass as are left', async () => {
    const ask = await limited({ keys: { a: 'limits: { quota: 7/day }' } })
    for (let left = 6; left >= 0; left--) expect(remainingOf(ask()).get('quota')?.r).toBe(left)
    expect(remainingOf(ask()).get('quota')).toEqual({ r: 0, t: 43_200 })
  })

  test('what is in flight and has ended makes no difference to it', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 9/min, concurrency: 1 }' } })
    const first = ask()
    expect(remainingOf(ask()).get('rate')?.r).toBe(8)
    leaveLimits(first)
    expect(remainingOf(ask()).get('rate')?.r).toBe(7)
  })
})
