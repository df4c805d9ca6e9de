import type { UpstreamHealth } from '../admin.ts'
import type { RevocationHealth } from '../revocations/keeper.ts'
import { OTHER_LABEL, type MetricLabels } from './metric-book.ts'
import { countOf, durationSamples, samplesByName, single, sizeSamples } from './metric-family.ts'
import type { Labels, MetricFamily, Sample } from './metric-family.ts'
import {
  ACTIVE,
  BLOCK_LABELS,
  BLOCKED_AT,
  BUGS,
  BYTES_IN,
  BYTES_OUT,
  FAULT_LABELS,
  FAULTS,
  LIMITS_AT,
  METHOD_LABELS,
  OVERFLOWS,
  readSeriesKey,
  REFUSAL_LABELS,
  REFUSALS_AT,
  UPSTREAM_CELLS,
  UPSTREAMS_AT,
} from './metric-memory.ts'
import type { MetricSums } from './sum-metrics.ts'

/** What metrics are made of. Labels come from tables, never from requests. */
export interface MetricSources {
  readonly labels: () => MetricLabels
  readonly version: string
  readonly configHash: () => string
  readonly upstreams: () => readonly UpstreamHealth[]
  /** Null where the config names no file of them. */
  readonly revocations: () => RevocationHealth | null
  /** Threads that serve. */
  readonly threads: () => number
  /** Lines of the access log that are in no log. */
  readonly logDropped: () => number
  /** Bans that have begun, by what failures were counted by. */
  readonly lockouts: () => Readonly<Record<'address' | 'key-prefix', number>>
  /** Bugs that the main thread met. */
  readonly mainBugs: () => number
}

/** Names are OpenTelemetry's where it has one. */
export function metricFamilies(sources: MetricSources): readonly MetricFamily[] {
  return [
    ...requestFamilies(sources),
    ...refusalFamilies(sources),
    ...upstreamFamilies(sources),
    ...revocationFamilies(sources),
    ...gatewayFamilies(sources),
  ]
}

function requestFamilies({ labels }: MetricSources): readonly MetricFamily[] {
  const requests = ({ series }: MetricSums) => {
    const named = [...series].map(([key, cells]) => ({ labels: seriesLabels(key, labels()), cells }))
    return named.filter(({ cells }) => countOf(cells, 0) > 0)
  }
  const size = (name: string, at: number, help: string): MetricFamily => ({
    name,
    type: 'histogram',
    help: `${help} Only their number and sum are kept.`,
    samples: (sums) => {
      return requests(sums).flatMap(({ labels, cells }) => sizeSamples(name, labels, countOf(cells, 0), cells[at] ?? 0))
    },
  })
  const duration = 'http_server_request_duration_seconds'
  return [
    {
      name: duration,
      type: 'histogram',
      help: 'Duration of requests, until the last byte of the answer was handed on.',
      samples: (sums) => {
        return requests(sums).flatMap(({ labels, cells }) => durationSamples(duration, labels, cells, 0))
      },
    },
    size('http_server_request_body_size_bytes', BYTES_IN, 'Size of request bodies.'),
    size('http_server_response_body_size_bytes', BYTES_OUT, 'Size of response bodies.'),
    single('http_server_active_requests', 'gauge', 'Requests under way.', ({ cells }) => cells[ACTIVE] ?? 0),
  ]
}

function refusalFamilies({ labels, lockouts }: MetricSources): readonly MetricFamily[] {
  return [
    {
      name: 'keysmith_refusals_total',
      type: 'counter',
      help: 'Answers that were refusals, by code; 499 is a caller who went away.',
      samples: ({ cells }) => samplesByName(REFUSAL_LABELS, 'code', (i) => cells[REFUSALS_AT + i]),
    },
    {
      name: 'keysmith_limit_refusals_total',
      type: 'counter',
      help: 'Requests that a limit refused, by its name.',
      samples: ({ cells }) => samplesByName(labels().limits, 'limit', (i) => cells[LIMITS_AT + i]),
    },
    {
      name: 'keysmith_blocked_total',
      type: 'counter',
      help: 'Requests in which an attack was found, by the rule that found it and what became of them.',
      samples: ({ cells }) =>
        BLOCK_LABELS.map((labels, i) => ({ labels: { ...labels }, value: cells[BLOCKED_AT + i] ?? 0 })),
    },
    {
      name: 'keysmith_lockouts_total',
      type: 'counter',
      help: 'Lock-outs that have begun, by what failed authentications were counted by.',
      samples: () => Object.entries(lockouts()).map(([by, value]) => ({ labels: { by }, value })),
    },
  ]
}

function upstreamFamilies({ labels, upstreams }: MetricSources): readonly MetricFamily[] {
  const name = 'keysmith_upstream_request_duration_seconds'
  return [
    {
      name,
      type: 'histogram',
      help: 'Time until the head of the answer of an upstream, or until it failed.',
      samples: ({ cells }) => {
        return labels().upstreams.flatMap((upstream, slot) => {
          const at = UPSTREAMS_AT + slot * UPSTREAM_CELLS
          return countOf(cells, at) === 0 ? [] : durationSamples(name, { upstream }, cells, at)
        })
      },
    },
    {
      name: 'keysmith_upstream_faults_total',
      type: 'counter',
      help: 'Requests that an upstream gave no answer to, or no whole one.',
      samples: ({ cells }) => {
        return labels().upstreams.flatMap((upstream, slot) => {
          const at = UPSTREAMS_AT + slot * UPSTREAM_CELLS + FAULTS
          return samplesByName(FAULT_LABELS, 'fault', (i) => cells[at + i], { upstream })
        })
      },
    },
    {
      name: 'keysmith_upstream_connections',
      type: 'gauge',
      help: 'Connections to a target that are idle or busy, and requests that are queued for one.',
      samples: () => connectionSamples(upstreams()),
    },
  ]
}

function revocationFamilies({ revocations }: MetricSources): readonly MetricFamily[] {
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    read: (health: RevocationHealth) => number,
  ): MetricFamily => ({
    name,
    type,
    help,
    samples: () => {
      const health = revocations()
      return health === null ? [] : [{ labels: {}, value: read(health) }]
    },
  })
  return [
    family('keysmith_revocations', 'gauge', 'Entries of the list that holds.', ({ entries }) => entries),
    family('keysmith_revocations_reads_total', 'counter', 'Lists that were taken over.', ({ reads }) => reads),
    family(
      'keysmith_revocations_faults_total',
      'counter',
      'Times that the file could not be taken over: the last good list holds.',
      ({ faults }) => faults,
    ),
    family('keysmith_revocations_stale', 'gauge', '1 while the file is not what holds.', ({ fault }) => {
      return fault === null ? 0 : 1
    }),
  ]
}

function gatewayFamilies({
  version,
  configHash,
  threads,
  logDropped,
  mainBugs,
}: MetricSources): readonly MetricFamily[] {
  return [
    single('keysmith_log_dropped_total', 'counter', 'Lines of the access log that are in no log.', logDropped),
    single('keysmith_bugs_total', 'counter', 'Faults of the gateway itself.', ({ cells }) => {
      return (cells[BUGS] ?? 0) + mainBugs()
    }),
    single(
      'keysmith_metrics_overflow_total',
      'counter',
      `Requests that are counted under "${OTHER_LABEL}", for want of room.`,
      ({ cells }) => cells[OVERFLOWS] ?? 0,
    ),
    single('keysmith_threads', 'gauge', 'Threads that serve.', threads),
    {
      name: 'keysmith_info',
      type: 'gauge',
      help: 'Which gateway this is.',
      samples: () => [{ labels: { version, config_hash: configHash() }, value: 1 }],
    },
  ]
}

function seriesLabels(key: number | null, { routes }: MetricLabels): Labels {
  const names = (method: string, route: string, status: string) => ({
    http_request_method: method,
    http_route: route,
    http_response_status_code: status,
  })
  if (key === null) return names(METHOD_LABELS[0], OTHER_LABEL, '')
  const { routeSlot, methodIndex, status } = readSeriesKey(key)
  return names(METHOD_LABELS[methodIndex] ?? METHOD_LABELS[0], routes[routeSlot] ?? OTHER_LABEL, String(status))
}

/** Targets of one upstream that are written alike are one. */
function connectionSamples(upstreams: readonly UpstreamHealth[]): Sample[] {
  const samples = new Map<string, Sample>()
  for (const { name, targets } of upstreams) {
    for (const { target, open, busy, queued } of targets) {
      for (const [state, value] of Object.entries({ idle: open - busy, busy, queued })) {
        const key = JSON.stringify([name, target, state])
        const before = samples.get(key)?.value ?? 0
        samples.set(key, { labels: { upstream: name, target, state }, value: before + value })
      }
    }
  }
  return [...samples.values()]
}
