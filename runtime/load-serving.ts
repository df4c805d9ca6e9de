import type { GatewayTable, UpstreamRow } from '../schemas/table.ts'
import type { LoadedUpstream } from './exchange.ts'
import type { ReplayMemory } from './identity/replay-memory.ts'
import type { IdentitySources } from './identity/identity-sources.ts'
import type { IssuerKeys } from './identity/key-sets.ts'
import type { KeyColumns } from './keys/open-key-file.ts'
import { loadTable } from './load-table.ts'
import type { LimitState } from './limits/state.ts'
import { createLogLines } from './observe/log-line.ts'
import type { MetricPlan } from './observe/metric-book.ts'
import { fillTargets, fillTemplate } from './resolve-secrets.ts'
import type { Serving } from './thread.ts'
import type { TimerWheel } from './timer-wheel.ts'
import { createUpstreamClient } from './upstream/client.ts'
import type { UpstreamBuffers } from './upstream/state.ts'
import type { UpstreamSettings } from './upstream/types.ts'

/** The surroundings that a table is made ready with. */
export interface LoadOptions {
  readonly limits: LimitState
  readonly plan: MetricPlan
  /** By position in the table. */
  readonly secrets: readonly string[]
  /** The file of keys beside the table; null where it names none. */
  readonly keys: KeyColumns | null
  /** What was shown and must not be shown again. */
  readonly replays: ReplayMemory
  /** What the thread knows of identity providers. */
  readonly sources: IdentitySources
  /** Addresses in place of an upstream's own, by its name. */
  readonly targets: Readonly<Record<string, readonly string[]>>
  readonly wheel: TimerWheel
  /** Shared by all upstreams of the thread. */
  readonly buffers: UpstreamBuffers
  readonly onBug: (error: unknown) => void
}

/**
 * Makes a table ready to serve. Upstreams that stay as they were keep their connections.
 *
 * @param before What served until now.
 */
export function loadServing(table: GatewayTable, options: LoadOptions, before: Serving | null): Serving {
  const upstreams = table.upstreams.map((row, position) => loadUpstream(row, position, options, before))
  for (const { issuer } of table.identities) if (issuer !== null) askForKeys(options.sources.keysOf(issuer))
  return {
    table: loadTable(table, options.limits, options),
    upstreams,
    plan: options.plan,
    logLine: createLogLines(table.configHash),
  }
}

/** Before the first token comes. */
function askForKeys(keys: IssuerKeys): void {
  const nowMs = Date.now()
  if (keys.current(nowMs) === null && keys.mayAsk(nowMs)) keys.ask(() => undefined)
}

/** Closes the connections of upstreams that only an old table had. */
export function retireServing(before: Serving, now: Serving): void {
  const kept = new Set(now.upstreams.map(({ client }) => client))
  for (const { client } of before.upstreams) if (!kept.has(client)) client.retire()
}

function loadUpstream(
  row: UpstreamRow,
  position: number,
  options: LoadOptions,
  before: Serving | null,
): LoadedUpstream {
  const settings = settingsOf(row, options)
  const identity = JSON.stringify(settings)
  const same = before?.upstreams.find((upstream) => upstream.identity === identity)
  return {
    row,
    position,
    identity,
    client:
      same?.client ?? createUpstreamClient(settings, options.wheel, { onBug: options.onBug, buffers: options.buffers }),
    lines: row.headers.map(({ name, value }) => `${name}: ${fillTemplate(value, options.secrets)}\r\n`).join(''),
  }
}

function settingsOf(row: UpstreamRow, { secrets, targets }: LoadOptions): UpstreamSettings {
  const replaced = targets[row.name]
  const urls = replaced ?? fillTargets(row, secrets)
  return {
    name: row.name,
    targets: urls.map((url, i) => ({ url, weight: replaced === undefined ? (row.targets[i]?.weight ?? 1) : 1 })),
    connectMs: row.connectMs,
    responseMs: row.responseMs,
    idleMs: row.idleMs,
    connections: row.connections,
    queue: row.queue,
  }
}
