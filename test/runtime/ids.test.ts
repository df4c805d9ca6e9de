import { expect, test } from 'vitest'
import { createNewId } from '../../runtime/ids.ts'

const COUNT = 200_000

test('ids are UUIDs of version 8, each with the trace that begins with it', () => {
  const { uuid, traceId, spanId } = createNewId()()
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(traceId).toBe(uuid.replaceAll('-', ''))
  expect(spanId).toBe(traceId.slice(16))
})

test('no id comes twice, and two makers share none', () => {
  const [one, other] = [createNewId(), createNewId()]
  const seen = new Set<string>()
  for (let i = 0; i < COUNT; i++) seen.add(one().uuid).add(other().uuid)
  expect(seen.size).toBe(2 * COUNT)
})

test('the last bits, by which tracing samples, are spread evenly', () => {
  const newId = createNewId()
  const buckets = new Array<number>(16).fill(0)
  for (let i = 0; i < COUNT; i++) {
    const digit = parseInt(newId().traceId.slice(-1), 16)
    buckets[digit] = (buckets[digit] ?? 0) + 1
  }
  for (const bucket of buckets) expect(Math.abs(bucket - COUNT / 16)).toBeLessThan(COUNT / 160)
})
