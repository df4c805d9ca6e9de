import { expect, test } from 'vitest'
import { bodyOf, isWorkloadName } from './workloads.ts'

test('a body is JSON of exactly its size', () => {
  for (const bytes of [1000, 100_000]) {
    expect(bodyOf(bytes)).toHaveLength(bytes)
    expect(JSON.parse(bodyOf(bytes))).toHaveProperty('text')
  }
  expect(bodyOf(0)).toBe('')
})

test('what every object has is no workload', () => {
  expect(isWorkloadName('sse')).toBe(true)
  expect(isWorkloadName('toString')).toBe(false)
})
