import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BenchResult } from './result.ts'
import { withSteps } from './with-steps.ts'

const machine = { cpu: 'A CPU', cores: 2, kernel: '6.1.0', node: '20.20.2', nginx: '1.22.1', load: 'wrk 4.1.0' }
const base = { format: 1, machine, clients: 64, seconds: 4 } as const
const steps: BenchResult = {
  ...base,
  command: 'steps',
  date: '2026-11-25',
  workloads: [],
  micro: [{ name: 'a step', nanosPerRequest: 1, budgetNanos: null }],
}
const microRun = { command: 'steps', date: '2026-11-25', machine, loadAverage: 3 }

test('steps that are measured anew leave the workloads of the file, and say when they were measured themselves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-steps-'))
  try {
    const file = join(folder, 'result.json')
    expect(withSteps(file, steps, 3)).toEqual({ ...steps, microRun })
    const workloads = [{ workload: 'get', title: 'GET', unit: 'request', candidates: [] }] as const
    const before: BenchResult = { ...base, command: 'all', date: '2026-11-22', workloads, micro: [] }
    writeFileSync(file, JSON.stringify(before))
    expect(withSteps(file, steps, 3)).toEqual({ ...before, micro: steps.micro, microRun })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
