import { expect, test } from 'vitest'
import type { BenchResult, CandidateResult } from './result.ts'
import { benchTable } from './table.ts'

const candidate: CandidateResult = {
  name: 'keysmith',
  rounds: [],
  cpuMicros: 16.04,
  kernelShare: 0.7,
  perSecond: 54_321.9,
  p50Micros: 1080,
  p90Micros: 1230,
  ratioToNginx: 1.1249,
  startMs: 90,
  idleMiB: 55.4,
  loadMiB: 71.6,
}
const result: BenchResult = {
  format: 1,
  command: 'npm run bench -- --json result.json',
  date: '2026-11-22T12:00:00.000Z',
  machine: { cpu: 'A CPU', cores: 2, kernel: '6.1.0', node: '20.20.2', nginx: '1.22.1', load: 'wrk 4.1.0' },
  clients: 64,
  seconds: 4,
  workloads: [{ workload: 'get', title: 'GET', unit: 'request', candidates: [candidate] }],
  micro: [{ name: 'a secret seen before', nanosPerRequest: 150.4, budgetNanos: 200 }],
}

test('a result becomes a table with what it takes to do it again', () => {
  expect(benchTable(result)).toBe(`|  | CPU a request or chunk | × nginx | a second | p50 | memory idle / under load |
| --- | ---: | ---: | ---: | ---: | ---: |
| **GET** |  |  |  |  |  |
| keysmith | 16.0 µs | 1.12 | 54322 | 1080 µs | 55 / 72 MiB |

\`npm run bench -- --json result.json\`, 2026-11-22, A CPU, 2 cores, Linux 6.1.0, Node 20.20.2, nginx 1.22.1, wrk 4.1.0; 64 clients, 0 alternating rounds of 4 s, medians.

| In process | a request | budget |
| --- | ---: | ---: |
| a secret seen before | 150 ns | 200 ns |

In the same run; medians of batches.
`)
})

test('streams, of which none may have ended, have no latency', () => {
  const stream = { ...candidate, p50Micros: NaN }
  const workloads = [{ workload: 'sse', title: 'stream', unit: 'chunk', candidates: [stream] } as const]
  expect(benchTable({ ...result, workloads, micro: [] })).toContain('| keysmith | 16.0 µs | 1.12 | 54322 | – | 55')
  expect(benchTable({ ...result, workloads, micro: [] })).not.toContain('In process')
})

test('what is deployed has a table of its own', () => {
  const files = [
    { name: 'gateway.mjs', mebibytes: 0.41 },
    { name: 'uws.node', mebibytes: 6.575 },
  ]
  const deployables = [{ name: 'gateway.mjs and the addon', files, startMs: 148.6, idleMiB: 73.4 }]
  expect(benchTable({ ...result, deployables }))
    .toContain(`| what is deployed | on disk | start to first answer | memory idle |
| --- | ---: | ---: | ---: |
| gateway.mjs and the addon | 0.4 MiB + 6.6 MiB | 149 ms | 73 MiB |
`)
})

test('steps that were measured by themselves say how, and on how busy a machine; slow ones are told in microseconds', () => {
  const micro = [{ name: 'a token', nanosPerRequest: 61_234, budgetNanos: null }]
  const { machine } = result
  const microRun = { command: 'npm run bench -- --micro', date: '2026-11-25T12:00:00.000Z', machine, loadAverage: 9.31 }
  const text = benchTable({ ...result, micro, microRun })
  expect(text).toContain('| a token | 61.2 µs |  |\n')
  expect(text).toContain(
    '`npm run bench -- --micro`, 2026-11-25, A CPU, 2 cores, Linux 6.1.0, Node 20.20.2, load average 9.3; medians',
  )
})
