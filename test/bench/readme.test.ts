import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withBenchTable } from './readme.ts'
import type { BenchResult } from './result.ts'

test('the README shows the result that lies beside the benchmark', () => {
  const readme = readFileSync('README.md', 'utf8')
  // Safe: the benchmark wrote it.
  const result = JSON.parse(readFileSync('test/bench/result.json', 'utf8')) as BenchResult
  expect(withBenchTable(readme, result)).toBe(readme)
})

test('a README without the marks is not touched', () => {
  const result = JSON.parse(readFileSync('test/bench/result.json', 'utf8')) as BenchResult
  expect(() => withBenchTable('# Nothing', result)).toThrow('no place')
})
