import { expect, test } from 'vitest'
import { measureCondition } from './micro-condition.ts'

test('what a condition costs is measured', () => {
  const nanos = measureCondition()
  process.stdout.write(`a condition over metadata and a header: ${nanos.toFixed(0)} ns\n`)
  expect(nanos).toBeGreaterThan(0)
  expect(nanos).toBeLessThan(20_000)
})
