import type { FindSpan } from '../../1-load/places.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { lower } from '../../5-lower/lower.ts'
import { buildSubject, type SubjectRequest } from './build-subject.ts'
import { chooseCallers, NOBODY, undrivenKeys } from './choose-callers.ts'
import { chooseProbes } from './choose-probes.ts'
import { findCalls } from './find-calls.ts'
import { judgeThresholds, type WantedThresholds } from './judge-thresholds.ts'
import { measureRoutes } from './measure-routes.ts'
import { probeLimits } from './probe-limits.ts'
import { probeTogether } from './probe-together.ts'
import { peakMiB } from './process-figures.ts'
import type { LimitResult, LoadReport } from './report.ts'
import { startRig, type RigOptions } from './rig.ts'
import { substituteConfig } from './substitute-config.ts'

/** Of the time for requests: for the routes' speed, for limits one by one, and the rest for all of them together. */
const SPEED_SHARE = 0.6
const ALONE_SHARE = 0.3

export interface LoadTest {
  readonly config: LinkedConfig
  /** The config's main file. */
  readonly file: string
  readonly findSpan: FindSpan
  readonly durationMs: number
  readonly connections: number
  readonly latencyMs: number
  readonly thresholds: WantedThresholds
  readonly program: Pick<RigOptions, 'programFolder' | 'version' | 'tell'> & Pick<SubjectRequest, 'runtimeFile'>
  readonly onStep: (share: number, what: string) => void
  /** Told at once how to end what is started. */
  readonly onStart: (stop: () => Promise<void>) => void
  /** Changes the table on its way to the gateway, and not what is expected of it: to see that a fault is found. */
  readonly alter?: (script: string) => string
}

/**
 * Serves a config against stubs, drives every route and asks more of every limit than it lets through. Nothing is written to
 * disk; what was started has ended when this settles.
 *
 * @throws A `CommandFault` when the surroundings do not allow it.
 */
export async function loadTest(test: LoadTest): Promise<LoadReport> {
  const { config, onStep, connections, durationMs, latencyMs, alter = (script) => script } = test
  const nowMs = Date.now()
  onStep(0, 'building')
  const { table, places } = lower(config)
  const callers = chooseCallers(config, (key) => table.keys[key]?.limitSet ?? NOBODY, nowMs)
  const driven = new Set(callers.flatMap(({ keys }) => keys).filter((key) => key !== NOBODY))
  const substituted = substituteConfig(config, driven, nowMs)
  const { file, findSpan } = test
  const built = await buildSubject({ written: config, config: substituted.config, file, findSpan, ...test.program })
  const subject = { ...built, script: alter(built.script) }
  onStep(0, 'starting')
  const rig = await startRig({
    ...test.program,
    subject,
    latencyMs,
    onStart: test.onStart,
    env: substituted.env,
    upstreams: config.upstreams.map(({ name }) => name),
  })
  try {
    const found = await findCalls(config, callers, substituted.secrets, rig.ask)
    const measured = await measureRoutes(config, rig, {
      calls: found.calls,
      budgetMs: durationMs * SPEED_SHARE,
      connections,
      onStep: (share, what) => onStep(share * SPEED_SHARE, what),
    })
    // Before limits are tried: a table for each of them is put in place there, which no gateway in earnest sees.
    const rssMiB = roundedMiB(peakMiB(rig.gatewayPid))
    const alone = await probeLimits(config, rig, {
      table,
      probes: chooseProbes(config, table, places.limits, found.calls),
      budgetMs: durationMs * ALONE_SHARE,
      connections,
      onStep: (share, what) => onStep(SPEED_SHARE + share * ALONE_SHARE, what),
    })
    onStep(SPEED_SHARE + ALONE_SHARE, 'all limits together')
    const ms = durationMs * (1 - SPEED_SHARE - ALONE_SHARE)
    const together = await probeTogether(config, rig, { table, calls: found.calls, ms, connections })
    return {
      format: 1,
      routes: measured.routes,
      limits: alone.map((limit, position) => withTogether(limit, together.get(position) ?? null)),
      gateway: { cpuMicrosPerRequest: measured.cpuMicrosPerRequest, rssMiB, startMs: Math.round(rig.startMs) },
      thresholds: judgeThresholds(test.thresholds, measured.routes, rssMiB),
      notDriven: { routes: [...found.undriven, ...measured.undriven], keys: undrivenKeys(config, nowMs) },
      notes: [SPEED_NOTE, LIMIT_NOTE, ...identityNotes(config), ...substituted.notes],
      settings: { durationMs, connections, latencyMs },
    }
  } finally {
    await rig.stop()
  }
}

const SPEED_NOTE = 'Speed is measured with limits lifted: they are counted, and too wide to be met.'
const LIMIT_NOTE =
  'Each limit is tried as written, from an empty counter: by itself with the others lifted, then all of them together.'

/** What passed together with the others must not be too much, either. */
function withTogether(limit: LimitResult, together: LimitResult['together']): LimitResult {
  return { ...limit, together, holds: together?.holds === false ? false : limit.holds }
}

function identityNotes({ identities }: LinkedConfig): string[] {
  if (identities.length === 0) return []
  return [`No request is made as ${identities.map(({ name }) => name).join(', ')}: only keys call.`]
}

function roundedMiB(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(1))
}
