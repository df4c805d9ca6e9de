import { expect, test } from 'vitest'
import { median, medianRatio } from './statistics.ts'

test('the median is the middle value, whatever the order', () => {
  expect(median([30, 10, 20])).toBe(20)
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(median([40, 10, 20, 30])).toBe(25)
})

test('nothing has no median', () => {
  expect(median([])).toBeNaN()
})

test('ratios are taken within a round before their median is', () => {
  // The second round was three times as slow for both.
  expect(medianRatio([11, 36, 10], [10, 30, 10])).toBe(1.1)
})

test('a round without its base counts for nothing', () => {
  expect(medianRatio([11, 12, 50], [10, 10])).toBeCloseTo(1.15)
})
