import { existsSync, readFileSync } from 'node:fs'
import type { BenchResult } from './result.ts'

/**
 * A result of the steps in process alone, put into the file's, whose workloads stay as they were measured; by itself where
 * there is no file.
 *
 * @param loadAverage Processes that wanted a core meanwhile: on a busy machine the figures are above what they could be.
 */
export function withSteps(file: string, result: BenchResult, loadAverage: number): BenchResult {
  // Safe: the benchmark wrote it.
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BenchResult) : result
  const { command, date, machine, micro } = result
  return { ...before, micro, microRun: { command, date, machine, loadAverage } }
}
