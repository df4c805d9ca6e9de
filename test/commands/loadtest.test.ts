import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig } from '../../compiler/compile.ts'
import { loadTest, type LoadTest } from '../../compiler/tools/loadtest/loadtest.ts'
import type { LoadReport } from '../../compiler/tools/loadtest/report.ts'
import { VALIDATORS } from '../support/check.ts'
import { LOAD_CONFIG, LOAD_SCHEMA } from '../support/load-config.ts'
import { KEYSMITH, runKeysmith } from '../support/run-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const RUN_MS_MAX = 60_000
const FILES = { 'gateway.yaml': LOAD_CONFIG, 'order.schema.json': LOAD_SCHEMA }

/** A load test in this process, with a table that may be another one than the config's. */
async function loaded(folder: string, changes: Partial<LoadTest> = {}): Promise<LoadReport> {
  const file = join(folder, 'gateway.yaml')
  const options = { cwd: folder, schemaFolder: resolve('schemas'), validators: VALIDATORS, atMs: Date.now() }
  const { linked, findSpan, diagnostics } = checkConfig(file, options)
  if (linked === null) throw new Error(JSON.stringify(diagnostics))
  return loadTest({
    config: linked,
    file,
    findSpan,
    durationMs: 2500,
    connections: 4,
    latencyMs: 0,
    thresholds: { all: {}, routes: new Map() },
    program: {
      runtimeFile: resolve('dist/runtime/main.js'),
      programFolder: resolve('dist/compiler/tools/loadtest'),
      version: '0.0.0',
      tell: () => undefined,
    },
    onStep: () => undefined,
    onStart: () => undefined,
    ...changes,
  })
}

function limitOf({ limits }: LoadReport, policy: string): LoadReport['limits'][number] {
  const found = limits.find((limit) => limit.policy === policy)
  if (found === undefined) throw new Error(`no limit ${policy} in ${JSON.stringify(limits)}`)
  return found
}

/** False for one that has ended and is not yet forgotten, too. */
function isRunning(pid: string): boolean {
  return commandOf(pid) !== ''
}

function commandOf(pid: string): string {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function childrenOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
}

describe('a config whose limits hold', () => {
  let report: LoadReport
  let exit: number | null
  let stdout: string
  let folder: string
  beforeAll(async () => {
    folder = temporaryFolderOfAll()
    const result = await runKeysmith(['loadtest', '--duration', '4s', '--connections', '4', '--format', 'json'], {
      cwd: folder,
    })
    ;({ exit, stdout } = result)
    report = JSON.parse(stdout) as LoadReport
  }, RUN_MS_MAX)

  test('ends with 0, and is a JSON report of format 1', () => {
    expect(exit).toBe(0)
    expect(report.format).toBe(1)
  })

  test('every route that a key opens is driven, with nothing but successes', () => {
    expect(report.routes.map(({ route }) => route)).toEqual([
      'GET /status',
      'GET /orders',
      'GET /orders/{orderId}',
      'POST /orders',
      'GET /orders/mine/{owner}',
    ])
    for (const { statuses, requests, errors } of report.routes) {
      expect(statuses).toEqual({ 200: requests })
      expect(requests).toBeGreaterThan(10)
      expect(errors).toBe(0)
    }
  })

  test('rates, latencies and the processor time of the gateway are figures of this run', () => {
    for (const { rate, latencyMs, cpuMicrosPerRequest, bytes } of report.routes) {
      expect(rate).toBeGreaterThan(10)
      expect(latencyMs.p50).toBeGreaterThan(0)
      expect(latencyMs.p90).toBeGreaterThanOrEqual(latencyMs.p50)
      expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p90)
      expect(latencyMs.max).toBeGreaterThanOrEqual(latencyMs.p999)
      expect(cpuMicrosPerRequest).toBeGreaterThan(1)
      expect(bytes).toBeGreaterThan(1000)
    }
    expect(report.gateway.rssMiB).toBeGreaterThan(20)
    expect(report.gateway.startMs).toBeGreaterThan(10)
  })

  test('every limit was asked for more than it lets through, and let exactly that through', () => {
    expect(report.limits.map(({ policy, key }) => `${policy} of ${key}`)).toEqual([
      'rate of globex/globex-app',
      'quota of globex/globex-app',
      'concurrency of globex/globex-app',
      'tenant-rate of globex',
      'api-rate of address 127.0.0.1',
      'route-rate of globex/globex-batch',
    ])
    for (const { offered, allowed, expected, reached, holds } of report.limits) {
      expect({ reached, holds }).toEqual({ reached: true, holds: true })
      expect(offered).toBeGreaterThan(allowed)
      expect(allowed).toBeGreaterThanOrEqual(expected[0])
      expect(allowed).toBeLessThanOrEqual(expected[1])
    }
    for (const { policy, together } of report.limits) {
      if (policy === 'concurrency') expect(together).toBe(null)
      else expect(together?.holds).toBe(true)
    }
    // What costs three counts three times, and two keys share what is their tenant's.
    expect(limitOf(report, 'tenant-rate').together?.allowed).toBeGreaterThan(20)
    expect(limitOf(report, 'api-rate').together?.allowed).toBeGreaterThanOrEqual(1)
    expect(limitOf(report, 'quota')).toMatchObject({ allowed: 200, expected: [200, 200] })
    expect(limitOf(report, 'concurrency')).toMatchObject({ offered: 14, allowed: 6, expected: [6, 6] })
    expect(limitOf(report, 'rate').expected[0]).toBeGreaterThanOrEqual(20)
  })

  test('what was not driven is said, with the reason', () => {
    expect(report.notDriven).toEqual({
      routes: [
        { name: 'GET /orders/reports', reason: 'no key that is driven holds its scopes' },
        {
          name: 'GET /orders/never',
          reason: 'the request made for it as globex/globex-app gets 403 condition-failed',
        },
      ],
      keys: [{ name: 'globex/globex-idle', reason: 'it is suspended' }],
    })
    expect(report.notes).toContain('Requests come from 127.0.0.1: allowIps of 1 of the driven keys is left out.')
    expect(report.notes).toContain('Secrets of upstreams are placeholders.')
  })

  test('nothing is written beside the config, and no secret is printed', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(FILES).sort())
    expect(stdout).not.toMatch(/demo_test_|placeholder-of/)
  })
})

const folders: string[] = []
/** For tests that share one run. */
function temporaryFolderOfAll(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-loadtest-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

test(
  'a limit that does not hold is told, and only that',
  async () => {
    const faults = [
      'rate: { ...row, burst: row.burst + 10 }',
      'quota: { ...row, count: row.count - 1 }',
      'concurrency: { ...row, count: row.count + 1 }',
      // Each of the tenant's keys has it for itself.
      "'tenant-rate': { ...row, per: 'key' }",
    ]
    const report = await loaded(temporaryFolder(FILES), {
      alter: (script) =>
        `(() => {
          const table = ${script}
          const alter = (row) => ({ ${faults.join(', ')} })[row.name] ?? row
          return { ...table, limits: table.limits.map(alter) }
        })()`,
    })
    expect(report.limits.map(({ policy, holds }) => [policy, holds])).toEqual([
      ['rate', false],
      ['quota', false],
      ['concurrency', false],
      ['tenant-rate', false],
      ['api-rate', true],
      ['route-rate', true],
    ])
    expect(limitOf(report, 'rate').allowed).toBeGreaterThan(limitOf(report, 'rate').expected[1])
    expect(limitOf(report, 'rate').together?.holds).toBe(false)
    expect(limitOf(report, 'quota')).toMatchObject({ allowed: 199, expected: [200, 200] })
    expect(limitOf(report, 'concurrency')).toMatchObject({ allowed: 7, expected: [6, 6] })
  },
  RUN_MS_MAX,
)

test(
  'a threshold of the command line that is passed ends with 3, and stands in place of that of the file',
  async () => {
    const folder = temporaryFolder({
      ...FILES,
      'gateway.load.yaml':
        'duration: 1s\nconnections: 2\nlatency: 30ms\nthresholds: { minRate: 1/min, maxMemory: 1GB, p99: 5s }\nroutes: { GET /orders: { p99: 5ms } }\n',
    })
    const before = { format: 1, routes: [{ route: 'GET /\u202e', latencyMs: { p50: 1 } }] }
    writeFileSync(join(folder, 'before.json'), JSON.stringify(before))
    const flags = ['--format', 'json', '--min-rate', '1_000_000/s', '--compare', 'before.json']
    const passed = await runKeysmith(['loadtest', ...flags], { cwd: folder })
    const report = JSON.parse(passed.stdout) as LoadReport
    expect(report.compared?.removed).toEqual(['GET /\u202e'])
    expect(passed.stdout).not.toContain('\u202e')
    expect(passed.exit).toBe(3)
    expect(report.settings).toEqual({ durationMs: 1000, connections: 2, latencyMs: 30 })
    expect(report.thresholds.map(({ name, route, holds }) => [name, route !== null, holds])).toEqual([
      ['min-rate', true, false],
      ['p99', true, true],
      ['p99', true, false],
      ['max-memory', false, true],
    ])
    // The stubs keep every answer back.
    for (const { latencyMs } of report.routes) expect(latencyMs.p50).toBeGreaterThanOrEqual(29)
  },
  RUN_MS_MAX,
)

test('mistakes in gateway.load.yaml are told at their places, and nothing is started', async () => {
  const folder = temporaryFolder({
    ...FILES,
    'gateway.load.yaml': 'duration: 5\nthreshold: { p99: 1s }\nroutes:\n  GET /orderz: { p99: 1s }\n',
  })
  const { exit, stdout, stderr } = await runKeysmith(['loadtest'], { cwd: folder })
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toContain('gateway.load.yaml:1:11 error config-unit-missing')
  expect(stderr).toContain('gateway.load.yaml:2:1 error config-unknown-key')
  expect(stderr).toContain('Did you mean "thresholds"?')
  writeFileSync(join(folder, 'gateway.load.yaml'), 'routes:\n  GET /orderz: { p99: 1s }\n')
  const unknown = await runKeysmith(['loadtest'], { cwd: folder })
  expect(unknown.exit).toBe(1)
  expect(unknown.stderr).toContain('gateway.load.yaml:2:3 error config-unknown-value')
  expect(unknown.stderr).toContain('Did you mean "GET /orders"?')
})

test(
  'the quickstart, compared with a report of before, says what became slower',
  async () => {
    const folder = temporaryFolder()
    const first = await runKeysmith([
      'loadtest',
      resolve('examples/quickstart'),
      '--duration',
      '1s',
      '--format',
      'json',
    ])
    expect(first.exit).toBe(0)
    // Its gateway.load.yaml says so.
    expect(first.stdout).toContain('"latencyMs": 2\n')
    const report = JSON.parse(first.stdout) as LoadReport
    const routes = report.routes.map((route) => ({
      ...route,
      cpuMicrosPerRequest: (route.cpuMicrosPerRequest ?? 0) / (route.route === 'GET /books' ? 100 : 1),
      cpuSpread: 0.9,
    }))
    writeFileSync(join(folder, 'before.json'), JSON.stringify({ ...report, routes }))
    const args = ['--duration', '1s', '--compare', join(folder, 'before.json')]
    const second = await runKeysmith(['loadtest', resolve('examples/quickstart'), ...args])
    expect(second.exit).toBe(0)
    expect(second.stdout).toMatch(/GET \/books .*× .*±\d+%.* slower/)
    expect(second.stdout).toContain('2 of 2 limits reached and held')
    // Piped: neither colours nor a bar.
    expect(second.stdout + second.stderr).not.toContain('\u001b')
    expect(second.stderr).toBe('')
    writeFileSync(join(folder, 'before.json'), '{"format":1}')
    const broken = await runKeysmith(['loadtest', resolve('examples/quickstart'), ...args])
    expect(broken.exit).toBe(1)
    expect(broken.stderr).toContain('is no report')
  },
  RUN_MS_MAX,
)

test(
  'a signal ends the command and all that it started',
  async () => {
    const folder = temporaryFolder(FILES)
    const child = spawn(process.execPath, [KEYSMITH, 'loadtest', '--duration', '40s'], { cwd: folder, stdio: 'ignore' })
    let pids: string[] = []
    await expect.poll(() => (pids = childrenOf(child.pid)).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
    child.kill('SIGINT')
    const exit = await new Promise((done) => child.on('exit', done))
    expect(exit).toBe(4)
    await expect.poll(() => pids.filter(isRunning), { timeout: 5000 }).toEqual([])
  },
  RUN_MS_MAX,
)

test(
  'a gateway that dies is told, and what else was started ends',
  async () => {
    const folder = temporaryFolder(FILES)
    const child = spawn(process.execPath, [KEYSMITH, 'loadtest', '--duration', '40s'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const childOf = (program: string): string | undefined =>
      childrenOf(child.pid).find((pid) => commandOf(pid).includes(program))
    await expect.poll(() => childOf('run-gateway.js'), { timeout: 20_000 }).toBeDefined()
    const others = childrenOf(child.pid)
    process.kill(Number(childOf('run-gateway.js')), 'SIGKILL')
    const exit = await new Promise((done) => child.on('close', done))
    expect(exit).toBe(4)
    expect(stderr).toBe('error: A process of the load test ended (SIGKILL).\n')
    await expect.poll(() => others.filter(isRunning), { timeout: 5000 }).toEqual([])
  },
  RUN_MS_MAX,
)

test('what cannot be is told as wrong use', async () => {
  for (const args of [
    ['--duration', '5'],
    ['--connections', '0'],
    ['--min-rate', '5'],
    ['--max-memory', 'much'],
  ]) {
    const { exit, stderr } = await runKeysmith(['loadtest', resolve('examples/quickstart'), ...args])
    expect(exit).toBe(2)
    expect(stderr).toContain('It must be')
  }
})
