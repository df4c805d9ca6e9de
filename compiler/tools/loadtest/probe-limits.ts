import type { LinkedConfig } from '../../3-link/linked.ts'
import { batchProbes } from './batch-probes.ts'
import type { LimitTable, Probe } from './choose-probes.ts'
import { expectQuota, expectRate, holds, windowsBetween, type Expected } from './expect-limit.ts'
import type { LoadOutcome } from './messages.ts'
import type { LimitResult } from './report.ts'
import type { Rig } from './rig.ts'
import { nameOfRoute } from './route-name.ts'

const STATUS_REFUSED = 429
/** Refusals that show that a limit is reached, and not passed again. */
const REFUSED_WANTED = 40
/** Asked at once, between two looks at the clock. */
const ANSWERS_AT_ONCE_MIN = 50
const ANSWERS_AT_ONCE_MAX = 4000
const PROBE_MS_MIN = 100
/** Putting tables in place takes time besides the requests; of a table with very many keys, seconds. */
const TABLES_MS_MAX = 15_000
/** More connections than this are not opened to reach a concurrency. */
const CONNECTIONS_MAX = 1024
/** Requests above a concurrency, so that some are refused. */
const CONCURRENCY_SPARE = 8
/** What waits is complete when nothing has come for so long. */
const STILL_MS = 120
const HOLD_MS_MAX = 3000
const LOOK_MS = 10

export interface ProbeOptions {
  readonly table: LimitTable
  readonly probes: readonly Probe[]
  readonly budgetMs: number
  readonly connections: number
  readonly onStep: (share: number, what: string) => void
}

/** Asks more of each limit than it lets through, one after the other and each by itself, and counts what passed. */
export async function probeLimits(config: LinkedConfig, rig: Rig, options: ProbeOptions): Promise<LimitResult[]> {
  const { table, probes, onStep } = options
  const endMs = performance.now() + options.budgetMs + TABLES_MS_MAX
  let budgetMs = options.budgetMs
  let done = 0
  const results = new Map<number, LimitResult>()
  // What takes longest comes last: if there is no time for it, the others are done.
  const driven = probes.filter(({ calls }) => calls.length > 0).sort((a, b) => a.row.burst - b.row.burst)
  for (const batch of batchProbes(table, driven)) {
    if (performance.now() > endMs) break
    await rig.keep({ only: batch.map(({ limit }) => limit) })
    for (const probe of batch) {
      if (performance.now() > endMs) break
      onStep(done / driven.length, `${probe.row.name} of ${probe.subject}`)
      // A probe that needs little leaves its share to those that follow.
      const shareMs = Math.max(PROBE_MS_MIN, budgetMs / (driven.length - done++))
      const run = probe.row.kind === 'concurrency' ? probeConcurrency : probeCount
      const startMs = performance.now()
      results.set(probe.limit, await run(config, rig, probe, { ...options, budgetMs: shareMs }))
      budgetMs = Math.max(0, budgetMs - (performance.now() - startMs))
    }
  }
  return probes.map((probe) => results.get(probe.limit) ?? untried(config, probe))
}

/** Of a rate or a quota. */
async function probeCount(
  config: LinkedConfig,
  rig: Rig,
  probe: Probe,
  { budgetMs, connections }: ProbeOptions,
): Promise<LimitResult> {
  const { row, cost } = probe
  const requests = probe.calls.map(({ request }) => request)
  const fromMs = Date.now()
  const startMs = performance.now()
  const outcomes: LoadOutcome[] = []
  let left = Math.ceil(row.burst / cost) + REFUSED_WANTED
  do {
    const answers = Math.min(ANSWERS_AT_ONCE_MAX, Math.max(ANSWERS_AT_ONCE_MIN, left))
    const outcome = await rig.load({ requests, connections, until: { answers } })
    left -= answers
    outcomes.push(outcome)
  } while (performance.now() - startMs < budgetMs && refusedOf(outcomes) < REFUSED_WANTED)
  const window = {
    firstSentMs: Math.min(...outcomes.map(({ firstSentMs }) => firstSentMs)),
    firstReceivedMs: Math.min(...outcomes.map(({ firstReceivedMs }) => firstReceivedMs)),
    lastRefusedSentMs: Math.max(...outcomes.map(({ lastRefusedSentMs }) => lastRefusedSentMs)),
    lastReceivedMs: Math.max(...outcomes.map(({ lastReceivedMs }) => lastReceivedMs)),
  }
  const expected =
    row.kind === 'rate'
      ? expectRate(row, cost, window)
      : expectQuota(row, cost, windowsBetween(row, fromMs, Date.now()))
  const statuses = outcomes.flatMap((outcome) => Object.entries(outcome.statuses))
  return judge(config, probe, {
    offered: countOf(statuses, () => true),
    allowed: countOf(statuses, isPassed),
    refused: refusedOf(outcomes),
    strange: countOf(statuses, (status) => !isPassed(status) && status !== STATUS_REFUSED),
    broken: outcomes.reduce((sum, { errors }) => sum + errors, 0),
    expected,
  })
}

/** Keeps all that pass waiting at the stubs: as many may be there at once as the limit says, and one more never. */
async function probeConcurrency(config: LinkedConfig, rig: Rig, probe: Probe): Promise<LimitResult> {
  const { count } = probe.row
  const connections = Math.min(CONNECTIONS_MAX, count + CONCURRENCY_SPARE)
  const held = rig.stubs.hold()
  const requests = probe.calls.map(({ request }) => request)
  const loading = rig.load({ requests, connections, until: { answers: connections } })
  const most = await waitUntilFull(held.waiting, count).finally(held.release)
  const outcome = await loading
  const statuses = Object.entries(outcome.statuses)
  return judge(config, probe, {
    offered: outcome.latencyMicros.length,
    allowed: most,
    refused: refusedOf([outcome]),
    strange: countOf(statuses, (status) => !isPassed(status) && status !== STATUS_REFUSED),
    broken: outcome.errors,
    expected: [count, count],
  })
}

/** Waits until so many are there, and a little longer for those that should not be. @returns The most that there were. */
async function waitUntilFull(waiting: () => number, wanted: number): Promise<number> {
  const endMs = performance.now() + HOLD_MS_MAX
  let most = 0
  let changedMs = performance.now()
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const nowMs = performance.now()
    if (waiting() > most) {
      most = waiting()
      changedMs = nowMs
    }
    if (nowMs > endMs || (most >= wanted && nowMs - changedMs > STILL_MS)) return most
  }
}

interface Counted {
  readonly offered: number
  readonly allowed: number
  readonly refused: number
  /** Answers of other kinds: they say nothing of a limit. */
  readonly strange: number
  readonly broken: number
  readonly expected: Expected
}

function judge(config: LinkedConfig, probe: Probe, counted: Counted): LimitResult {
  const { offered, allowed, refused, strange, broken, expected } = counted
  const isUnclear = strange > 0 || broken > 0
  const note = isUnclear
    ? `${strange} answers were neither passed nor refused by a limit, ${broken} connections broke`
    : refused === 0
      ? 'not reached: more would have to be offered than there was time for'
      : undefined
  return {
    ...headOf(config, probe),
    offered,
    allowed,
    expected,
    reached: refused > 0,
    together: null,
    // More than may pass is wrong, whatever else was answered.
    holds: isUnclear && allowed <= expected[1] ? null : holds(allowed, refused, expected),
    ...(note === undefined ? {} : { note }),
  }
}

function untried(config: LinkedConfig, probe: Probe): LimitResult {
  const note =
    probe.calls.length === 0 ? 'no request that is driven meets it' : 'there was no time left: give a longer --duration'
  return {
    ...headOf(config, probe),
    offered: 0,
    allowed: 0,
    expected: [0, 0],
    reached: false,
    together: null,
    holds: null,
    note,
  }
}

function headOf(config: LinkedConfig, { row, subject, calls }: Probe): Pick<LimitResult, 'policy' | 'key' | 'routes'> {
  return {
    policy: row.name,
    key: subject,
    routes: [...new Set(calls.map(({ route }) => nameOfRoute(config, route)))],
  }
}

function isPassed(status: number): boolean {
  return status < 300
}

function refusedOf(outcomes: readonly LoadOutcome[]): number {
  return outcomes.reduce((sum, { statuses }) => sum + (statuses[STATUS_REFUSED] ?? 0), 0)
}

function countOf(statuses: readonly (readonly [string, number])[], counts: (status: number) => boolean): number {
  return statuses.reduce((sum, [status, count]) => sum + (counts(Number(status)) ? count : 0), 0)
}
