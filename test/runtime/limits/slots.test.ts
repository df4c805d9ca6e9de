import { describe, expect, test } from 'vitest'
import { limitFields } from '../../../runtime/limit-fields.ts'
import { cellsNeeded, createSlotBook, PAGE_CELLS, type CountedTable } from '../../../runtime/limits/slots.ts'
import { leaveLimits } from '../../../runtime/take-limits.ts'
import type { LimitRow } from '../../../schemas/table.ts'
import { createCounters, createDecider, type TestRequest } from '../../support/decider.ts'
import { limitedConfig, secretOf, type LimitedParts } from '../../support/limited-config.ts'

function rate(counter: string, per: LimitRow['per']): LimitRow {
  const numbers = { count: 1, burst: 1, periodMs: 1000 }
  return { name: 'rate', counter, kind: 'rate', per, ...numbers, weighted: true, shown: true }
}

function tableOf(keys: readonly string[], tenants: readonly string[], limits: readonly LimitRow[]): CountedTable {
  return { keys: keys.map((id) => ({ id })), tenants: tenants.map((name) => ({ name })), limits }
}

function names(count: number, start = 0): string[] {
  return Array.from({ length: count }, (_, i) => `key-${start + i}`)
}

describe('the book of places', () => {
  test('gives every counter and subject a place of its own', () => {
    const limits = [rate('a', 'key'), rate('b', 'key'), rate('c', 'everyone'), rate('d', 'tenant')]
    const plan = createSlotBook(65_536).plan(tableOf(names(600), ['one', 'two'], limits))
    expect(Object.values(plan?.pages ?? {}).map((pages) => pages.length)).toEqual([3, 3, 1, 1])
    const pages = Object.values(plan?.pages ?? {}).flat()
    expect(new Set(pages).size).toBe(pages.length)
    expect(pages.every((page) => page % PAGE_CELLS === 0)).toBe(true)
    expect(plan?.keySlots).toEqual(Int32Array.from({ length: 600 }, (_, i) => i))
  })

  test('keeps them when keys, tenants and limits come, go and change their order', () => {
    const book = createSlotBook(65_536)
    const before = book.plan(tableOf(['a', 'b', 'c'], ['one', 'two'], [rate('x', 'key'), rate('y', 'tenant')]))
    const after = book.plan(tableOf(['new', 'c', 'a'], ['new', 'two'], [rate('z', 'key'), rate('y', 'tenant')]))
    const again = book.plan(tableOf(['b'], ['one'], [rate('x', 'key')]))
    expect([before?.keySlots, after?.keySlots, again?.keySlots]).toEqual([
      Int32Array.of(0, 1, 2),
      Int32Array.of(3, 2, 0),
      Int32Array.of(1),
    ])
    expect([before?.tenantSlots, after?.tenantSlots]).toEqual([Int32Array.of(0, 1), Int32Array.of(2, 1)])
    expect(after?.pages['y']).toEqual(before?.pages['y'])
    expect(again?.pages['x']).toEqual(before?.pages['x'])
    expect(after?.numbers['y']).toBe(before?.numbers['y'])
    expect(after?.numbers['z']).not.toBe(before?.numbers['x'])
  })

  test('gives a limit that grows more pages, and leaves those that it has', () => {
    const book = createSlotBook(65_536)
    const before = book.plan(tableOf(names(256), [], [rate('x', 'key'), rate('y', 'key')]))
    const after = book.plan(tableOf(names(257), [], [rate('x', 'key'), rate('y', 'key')]))
    expect(after?.pages['x']?.slice(0, 1)).toEqual(before?.pages['x'])
    expect(after?.pages['x']).toHaveLength(2)
  })

  test('two rows of one counter share it', () => {
    const plan = createSlotBook(65_536).plan(tableOf(['a'], [], [rate('x', 'key'), rate('x', 'key')]))
    expect(Object.keys(plan?.pages ?? {})).toEqual(['x'])
  })

  test('has no place for a table that needs more cells than there are', () => {
    const book = createSlotBook(2 * PAGE_CELLS)
    expect(book.plan(tableOf(names(512), [], [rate('x', 'key')]))).not.toBeNull()
    expect(book.plan(tableOf(names(513), [], [rate('x', 'key')]))).toBeNull()
    expect(book.plan(tableOf(names(512), [], [rate('x', 'key')]))).not.toBeNull()
    expect(book.cellsUsed()).toBe(2 * PAGE_CELLS)
  })

  test('says beforehand what a table needs', () => {
    const table = tableOf(names(1_000), ['one'], [rate('x', 'key'), rate('y', 'everyone'), rate('z', 'address')])
    expect(cellsNeeded(table)).toBe(5 * PAGE_CELLS)
    expect(createSlotBook(5 * PAGE_CELLS).plan(table)).not.toBeNull()
    expect(createSlotBook(5 * PAGE_CELLS - 1).plan(table)).toBeNull()
  })
})

describe('a change of the table', () => {
  type Allowed = (key: string, request?: Partial<TestRequest>) => boolean

  async function swapped(parts: readonly LimitedParts[]): Promise<Allowed[]> {
    const counters = createCounters()
    const asks: Allowed[] = []
    for (const part of parts) {
      const decide = await createDecider(limitedConfig(part), {}, counters)
      asks.push((key, request) => {
        const headers = key === '' ? [] : [['x-api-key', secretOf(key)] as const]
        const exchange = decide({ url: '/things', headers, ...request })
        leaveLimits(exchange)
        return exchange.refusal === null
      })
    }
    return asks
  }

  const unknown = (): boolean => {
    throw new Error('there are as many tables as parts')
  }

  test('leaves what was used of the limits of a key, a tenant, an api, a route and an address', async () => {
    const parts = {
      tenant: '{ rate: 9/h }',
      api: '{ rate: 8/h, per: everyone }',
      keys: { a: 'limits: { rate: 4/h, quota: 5/day }', b: '' },
      routes: { 'PUT /': 'limits: { rate: 1/h, per: tenant }' },
      open: { 'GET /': 'limits: { rate: 1/h, per: address }' },
    }
    const more = {
      ...parts,
      keys: { c: '', ...parts.keys },
      others: { d: '' },
      routes: { 'POST /': '', ...parts.routes },
    }
    const [before = unknown, after = unknown] = await swapped([parts, more])
    expect([before('a'), before('a'), before('a', { method: 'PUT' })]).toEqual([true, true, true])
    expect(before('', { url: '/open' })).toBe(true)
    expect([after('a'), after('a')]).toEqual([true, false])
    expect(after('b', { method: 'PUT' })).toBe(false)
    expect(after('d', { method: 'PUT' })).toBe(true)
    expect(after('', { url: '/open' })).toBe(false)
    expect(after('', { url: '/open', from: '192.0.2.2' })).toBe(true)
    expect([after('b'), after('b'), after('b'), after('b')]).toEqual([true, true, true, false])
  })

  test('that names a limit anew begins it anew, and a name that comes back finds what was used', async () => {
    const route = (path: string): LimitedParts => ({ routes: { [`PUT ${path}`]: 'limits: { rate: 1/h, per: key }' } })
    const [one = unknown, two = unknown, three = unknown] = await swapped([route('/x'), route('/y'), route('/x')])
    expect(one('a', { method: 'PUT', url: '/things/x' })).toBe(true)
    expect(two('a', { method: 'PUT', url: '/things/y' })).toBe(true)
    expect(three('a', { method: 'PUT', url: '/things/x' })).toBe(false)
  })

  test('of a plan, or of its numbers, holds against what was used before', async () => {
    const [small = unknown, large = unknown, smaller = unknown] = await swapped([
      { plans: { one: '{ rate: 10/h, quota: 100/day }' }, keys: { a: 'plan: one' } },
      { plans: { two: '{ rate: 20/h, quota: 100/day }' }, keys: { a: 'plan: two' } },
      { plans: { two: '{ rate: 5/h, quota: 3/day }' }, keys: { a: 'plan: two' } },
    ])
    for (let i = 0; i < 10; i++) expect(small('a')).toBe(true)
    expect(small('a')).toBe(false)
    // Ten of an hour's ten are an hour ahead; at twenty an hour that is all of them, too.
    expect(large('a')).toBe(false)
    expect(large('a', { afterMs: 180_000 })).toBe(true)
    expect(smaller('a', { afterMs: 180_000 })).toBe(false)
    expect(smaller('a', { afterMs: 12 * 3_600_000 })).toBe(true)
  })

  test('to smaller numbers never tells a caller of less than nothing', async () => {
    const counters = createCounters()
    const headers = [['x-api-key', secretOf('a')] as const]
    const large = await createDecider(
      limitedConfig({ keys: { a: 'limits: { rate: 60/min, burst: 50, quota: 90/day }' } }),
      {},
      counters,
    )
    for (let i = 0; i < 50; i++) large({ url: '/things', headers })
    const small = await createDecider(
      limitedConfig({ keys: { a: 'limits: { rate: 60/min, burst: 2, quota: 5/day }' } }),
      {},
      counters,
    )
    const refused = small({ url: '/things', headers })
    expect(refused.refusal?.code).toBe('quota-exceeded')
    // The last of fifty comes back after fifty seconds; with a burst of two, one passes a second before.
    expect(limitFields(refused)).toContain('ratelimit: "rate";r=0;t=49, "quota";r=0;t=43200\r\n')
    const next = small({ url: '/things', headers, afterMs: 12 * 3_600_000 })
    expect(limitFields(next)).toContain('"rate";r=1;t=1, "quota";r=4;t=86400')
  })
})
