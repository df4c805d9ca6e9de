import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { table } from '../../../examples/quickstart/table.ts'
import type { UpstreamHealth } from '../../../runtime/admin.ts'
import type { RevocationHealth } from '../../../runtime/revocations/keeper.ts'
import { createMetricBook, NO_ROUTE_SLOT, OTHER_LABEL, type MetricNames } from '../../../runtime/observe/metric-book.ts'
import { clearThreadMetrics, createMetricMemory } from '../../../runtime/observe/metric-memory.ts'
import { createMetricText } from '../../../runtime/observe/metric-text.ts'
import { methodIndexOf, openMetrics } from '../../../runtime/observe/metrics.ts'
import { REFUSALS } from '../../../runtime/refusals.ts'
import { bundled } from '../../support/bundled.ts'
import { parseMetrics, valueOf } from '../../support/parse-metrics.ts'

const NAMES: MetricNames = {
  routes: [{ path: '/orders' }, { path: '/orders/{id}' }, { path: '/orders' }],
  upstreams: [{ name: 'shop' }, { name: 'users' }],
  limits: [{ name: 'rate' }, { name: 'tenant-rate' }, { name: 'rate' }],
}
const GET = methodIndexOf('GET')
const COUNT = 'http_server_request_duration_seconds_count'

function started(threads = 2) {
  const memory = createMetricMemory(threads)
  const book = createMetricBook()
  const upstreams: UpstreamHealth[] = []
  const facts = { logDropped: 0, bugs: 0, configHash: '0123456789abcdef' }
  const revocations: RevocationHealth[] = []
  const render = createMetricText(memory, {
    labels: book.labels,
    version: '1.2.3',
    configHash: () => facts.configHash,
    upstreams: () => upstreams,
    revocations: () => revocations[0] ?? null,
    threads: () => threads,
    logDropped: () => facts.logDropped,
    lockouts: () => ({ address: 3, 'key-prefix': 1 }),
    mainBugs: () => facts.bugs,
  })
  const samples = async () => parseMetrics((await render()).text)
  const opened = Array.from({ length: threads }, (_, thread) => openMetrics(memory, thread))
  const [first] = opened
  if (first === undefined) throw new Error('no thread')
  return {
    memory,
    book,
    plan: book.plan(NAMES),
    facts,
    upstreams,
    revocations,
    render,
    samples,
    threads: opened,
    metrics: first,
  }
}

const pathsUpTo = (count: number) => Array.from({ length: count }, (_, i) => ({ path: `/path/${i}` }))
const slotAt = (slots: Int32Array, position: number) => slots[position] ?? -1

describe('requests', () => {
  test('are counted by method, path and status, all threads together', async () => {
    const { plan, threads, samples } = started()
    for (const [thread, metrics] of threads.entries()) {
      for (let i = 0; i <= thread; i++) {
        metrics.begin()
        metrics.record(slotAt(plan.routes, 1), GET, 200, 3, 10, 100)
      }
    }
    const labels = { http_request_method: 'GET', http_route: '/orders/{id}', http_response_status_code: '200' }
    const read = await samples()
    expect(valueOf(read, COUNT, labels)).toBe(3)
    expect(valueOf(read, 'http_server_request_duration_seconds_sum', labels)).toBeCloseTo(0.009)
    expect(valueOf(read, 'http_server_request_body_size_bytes_sum', labels)).toBe(30)
    expect(valueOf(read, 'http_server_response_body_size_bytes_sum', labels)).toBe(300)
    expect(read.filter(({ name }) => name === COUNT)).toHaveLength(1)
  })

  test.each([
    [0, '0.005'],
    [5, '0.005'],
    [5.001, '0.01'],
    [100, '0.1'],
    [9_999, '10'],
    [10_000, '10'],
    [10_001, '+Inf'],
    [86_400_000, '+Inf'],
  ])('of %d ms are in the buckets from %s on', async (ms, first) => {
    const { metrics, samples } = started(1)
    metrics.record(NO_ROUTE_SLOT, GET, 200, ms, 0, 0)
    const buckets = (await samples()).filter(({ name }) => name === 'http_server_request_duration_seconds_bucket')
    expect(buckets).toHaveLength(15)
    expect(buckets.find(({ value }) => value === 1)?.labels['le']).toBe(first)
  })

  test('that no route was found for have no route, and methods that callers make up share a label', async () => {
    const { metrics, samples } = started(1)
    for (const method of ['BREW', 'get', '_OTHER', '__proto__']) {
      metrics.record(NO_ROUTE_SLOT, methodIndexOf(method), 501, 1, 0, 0)
    }
    const labels = { http_request_method: '_OTHER', http_route: '', http_response_status_code: '501' }
    expect(valueOf(await samples(), COUNT, labels)).toBe(4)
  })

  test('of routes with one path are told apart by their methods only', async () => {
    const { plan, metrics, samples } = started(1)
    metrics.record(slotAt(plan.routes, 0), methodIndexOf('GET'), 200, 1, 0, 0)
    metrics.record(slotAt(plan.routes, 2), methodIndexOf('POST'), 201, 1, 0, 0)
    const read = await samples()
    expect(valueOf(read, COUNT, { http_route: '/orders', http_request_method: 'GET' })).toBe(1)
    expect(valueOf(read, COUNT, { http_route: '/orders', http_request_method: 'POST' })).toBe(1)
  })

  test('every status has a series of its own', async () => {
    const { metrics, samples } = started(1)
    for (let status = 100; status <= 599; status++) metrics.record(NO_ROUTE_SLOT, GET, status, 1, 0, 0)
    const counts = (await samples()).filter(({ name }) => name === COUNT)
    expect(counts.map(({ labels }) => Number(labels['http_response_status_code'])).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 500 }, (_, i) => 100 + i),
    )
  })

  test('under way are shown until they end, and forgotten with a thread that dies', async () => {
    const { memory, threads, samples } = started()
    for (const metrics of threads) for (let i = 0; i < 3; i++) metrics.begin()
    threads[0]?.end()
    expect(valueOf(await samples(), 'http_server_active_requests')).toBe(5)
    clearThreadMetrics(memory, 1)
    expect(valueOf(await samples(), 'http_server_active_requests')).toBe(2)
  })

  test('that there is no room for are counted together, and none is lost', async () => {
    const { book, memory, metrics, samples } = started(1)
    const { routes } = book.plan({ ...NAMES, routes: pathsUpTo(5000) })
    for (const slot of routes) metrics.record(slot, GET, 200, 1, 0, 7)
    const read = await samples()
    expect(valueOf(read, 'keysmith_metrics_overflow_total')).toBe(5000 - 4095)
    expect(valueOf(read, COUNT, { http_route: OTHER_LABEL, http_response_status_code: '' })).toBe(5000 - 4095)
    expect(read.filter(({ name }) => name === COUNT).reduce((sum, { value }) => sum + value, 0)).toBe(5000)
    openMetrics(memory, 0).record(slotAt(routes, 0), GET, 200, 1, 0, 0)
    expect(valueOf(await samples(), 'keysmith_metrics_overflow_total')).toBe(5000 - 4095)
  })
})

describe('refusals and faults', () => {
  test('every code has a line from the beginning, and counts', async () => {
    const { metrics, samples } = started(1)
    metrics.refused('rate-exceeded')
    metrics.refused('rate-exceeded')
    metrics.refused('499')
    const lines = (await samples()).filter(({ name }) => name === 'keysmith_refusals_total')
    expect(lines.map(({ labels }) => labels['code'])).toEqual([...Object.keys(REFUSALS), '499'])
    const above = lines.filter(({ value }) => value > 0).map(({ labels, value }) => [labels['code'], value])
    expect(above).toEqual([
      ['rate-exceeded', 2],
      ['499', 1],
    ])
  })

  test('limits count by their names', async () => {
    const { plan, metrics, samples } = started(1)
    for (const position of [0, 1, 2]) metrics.limited(slotAt(plan.limits, position))
    const read = await samples()
    expect(valueOf(read, 'keysmith_limit_refusals_total', { limit: 'rate' })).toBe(2)
    expect(valueOf(read, 'keysmith_limit_refusals_total', { limit: 'tenant-rate' })).toBe(1)
    expect(valueOf(read, 'keysmith_limit_refusals_total', { limit: OTHER_LABEL })).toBeUndefined()
  })

  test('upstreams have a duration and their faults', async () => {
    const { plan, metrics, samples } = started(1)
    metrics.upstream(slotAt(plan.upstreams, 0), 250)
    metrics.upstream(slotAt(plan.upstreams, 0), 251)
    metrics.upstreamFault(slotAt(plan.upstreams, 0), 'timeout')
    const read = await samples()
    const bucket = 'keysmith_upstream_request_duration_seconds_bucket'
    expect(valueOf(read, bucket, { upstream: 'shop', le: '0.25' })).toBe(1)
    expect(valueOf(read, bucket, { upstream: 'shop', le: '0.5' })).toBe(2)
    expect(valueOf(read, bucket, { upstream: 'users', le: '+Inf' })).toBeUndefined()
    const faults = 'keysmith_upstream_faults_total'
    expect(valueOf(read, faults, { upstream: 'shop', fault: 'timeout' })).toBe(1)
    expect(valueOf(read, faults, { upstream: 'shop', fault: 'broken' })).toBe(0)
    expect(valueOf(read, faults, { upstream: 'users', fault: 'timeout' })).toBe(0)
  })

  test('connections are shown as they are told, targets that are written alike as one', async () => {
    const { upstreams, samples } = started(1)
    const target = { target: 'http://a"b\\c\n', open: 5, busy: 2, queued: 1, failures: 0 }
    upstreams.push({ name: 'shop', targets: [target, { ...target, open: 1, busy: 1 }] })
    const read = await samples()
    const value = (state: string) => {
      return valueOf(read, 'keysmith_upstream_connections', { upstream: 'shop', target: 'http://a"b\\c\n', state })
    }
    expect(['idle', 'busy', 'queued'].map(value)).toEqual([3, 3, 2])
  })

  test('a list of revocations is counted where the config names one', async () => {
    const { samples, revocations } = started()
    expect(valueOf(await samples(), 'keysmith_revocations')).toBeUndefined()
    const at = '2026-11-22T12:00:00.000Z'
    revocations.push({ file: './r', entries: 3, readAt: at, lookedAt: at, fault: 'is a folder', reads: 5, faults: 7 })
    const read = await samples()
    expect(valueOf(read, 'keysmith_revocations')).toBe(3)
    expect(valueOf(read, 'keysmith_revocations_reads_total')).toBe(5)
    expect(valueOf(read, 'keysmith_revocations_faults_total')).toBe(7)
    expect(valueOf(read, 'keysmith_revocations_stale')).toBe(1)
  })

  test('the gateway tells of itself', async () => {
    const { facts, threads, samples } = started()
    facts.logDropped = 17
    facts.bugs = 1
    for (const metrics of threads) metrics.bug()
    const read = await samples()
    expect(valueOf(read, 'keysmith_log_dropped_total')).toBe(17)
    expect(valueOf(read, 'keysmith_bugs_total')).toBe(3)
    expect(valueOf(read, 'keysmith_threads')).toBe(2)
    expect(valueOf(read, 'keysmith_info', { version: '1.2.3', config_hash: facts.configHash })).toBe(1)
    expect(valueOf(read, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(valueOf(read, 'process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(Math.abs(Date.now() / 1000 - (valueOf(read, 'process_start_time_seconds') ?? 0))).toBeLessThan(600)
  })
})

describe('counters belong to names', () => {
  test('a table with other rows finds the counters of the names that it shares', async () => {
    const { book, plan, metrics, samples } = started(1)
    metrics.record(slotAt(plan.routes, 1), GET, 200, 1, 0, 0)
    metrics.upstreamFault(slotAt(plan.upstreams, 1), 'broken')
    metrics.limited(slotAt(plan.limits, 1))
    const next = book.plan({
      routes: [{ path: '/new' }, ...NAMES.routes.toReversed()],
      upstreams: [{ name: 'users' }],
      limits: [{ name: 'quota' }, { name: 'tenant-rate' }],
    })
    metrics.record(slotAt(next.routes, 2), GET, 200, 1, 0, 0)
    metrics.upstreamFault(slotAt(next.upstreams, 0), 'broken')
    metrics.limited(slotAt(next.limits, 1))
    const read = await samples()
    expect(valueOf(read, COUNT, { http_route: '/orders/{id}' })).toBe(2)
    expect(valueOf(read, 'keysmith_upstream_faults_total', { upstream: 'users', fault: 'broken' })).toBe(2)
    expect(valueOf(read, 'keysmith_limit_refusals_total', { limit: 'tenant-rate' })).toBe(2)
  })

  test('a compiled table has a plan', () => {
    const { routes, upstreams, limits } = createMetricBook().plan(table)
    expect([routes.length, upstreams.length, limits.length]).toEqual([3, 1, 2])
  })

  test('names that there is no room for share a slot, whose label no name has', () => {
    const book = createMetricBook()
    const upstreams = Array.from({ length: 1100 }, (_, i) => ({ name: `upstream-${i}` }))
    const plan = book.plan({ routes: [], limits: [], upstreams })
    expect(slotAt(plan.upstreams, 1022)).toBe(1023)
    expect([...plan.upstreams.subarray(1023)].every((slot) => slot === 0)).toBe(true)
    expect([book.labels().upstreams.length, book.labels().upstreams[0]]).toEqual([1024, OTHER_LABEL])
  })

  test('a thread that takes the place of another counts on', async () => {
    const { memory, plan, metrics, samples } = started(1)
    metrics.record(slotAt(plan.routes, 0), GET, 200, 1, 0, 0)
    const next = openMetrics(memory, 0)
    next.record(slotAt(plan.routes, 0), GET, 200, 1, 0, 0)
    next.record(slotAt(plan.routes, 1), GET, 200, 1, 0, 0)
    const read = await samples()
    expect(valueOf(read, COUNT, { http_route: '/orders' })).toBe(2)
    expect(valueOf(read, COUNT, { http_route: '/orders/{id}' })).toBe(1)
  })
})

describe('the text', () => {
  test('is of the type that Prometheus asks for', async () => {
    expect((await started().render()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  test('is made once for those who ask at the same time, and anew for those who ask later', async () => {
    const { facts, render } = started()
    const [one, two] = await Promise.all([render(), render()])
    expect(one).toBe(two)
    facts.configHash = 'fedcba9876543210'
    expect((await render()).text).toContain('config_hash="fedcba9876543210"')
  })
})

const COUNTER = `
const { workerData } = require('node:worker_threads')
void import(workerData.module).then(({ openMetrics }) => {
  const metrics = openMetrics(workerData.memory, workerData.thread)
  for (let i = 0; i < 100000; i++) {
    metrics.begin()
    metrics.record(workerData.slots[i % 50], 1, 200 + (i % 5), i % 20, 1, 2)
    metrics.end()
  }
})
`

test('threads that count at the same time lose nothing, and can be read meanwhile', async () => {
  const { book, memory, samples } = started(2)
  const slots = [...book.plan({ ...NAMES, routes: pathsUpTo(50) }).routes]
  const module = bundled('runtime/observe/metrics.ts')
  const workers = [0, 1].map(
    (thread) => new Worker(COUNTER, { eval: true, workerData: { module, memory, thread, slots } }),
  )
  const ended = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
  const count = async () => {
    const lines = (await samples()).filter(({ name }) => name === COUNT)
    return lines.reduce((sum, { value }) => sum + value, 0)
  }
  let before = 0
  for (let isDone = false; !isDone;) {
    isDone = await Promise.race([
      ended.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 5, false)),
    ])
    const now = await count()
    expect(now).toBeGreaterThanOrEqual(before)
    before = now
  }
  expect(await count()).toBe(200_000)
  expect(valueOf(await samples(), 'http_server_active_requests')).toBe(0)
})
