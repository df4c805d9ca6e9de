/** What is asked of every candidate. */
export interface Workload {
  readonly title: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Bytes of JSON that go with each request. */
  readonly bodyBytes: number
  /** One caller, or all of them in turn. */
  readonly callers: 'one' | 'all'
  /** What CPU is counted for. */
  readonly unit: 'request' | 'chunk'
  /** In place of the clients asked for: streams wait most of their time. */
  readonly clientsMin: number
}

export const ITEM_PATH = '/v1/items/42'
export const EVENTS_PATH = '/v1/events/42'
/** Where the upstream says how much it has answered. */
export const STATS_PATH = '/stats'

/** What the upstream has answered since it started, itself aside. */
export interface UpstreamCounts {
  readonly requests: number
  readonly chunks: number
}

const ONE_ITEM = { path: ITEM_PATH, callers: 'one', unit: 'request', clientsMin: 1 } as const

export const WORKLOADS = {
  get: { ...ONE_ITEM, title: 'GET, 200 bytes of JSON', method: 'GET', bodyBytes: 0 },
  'post-1k': { ...ONE_ITEM, title: 'POST 1 KB', method: 'POST', bodyBytes: 1000 },
  'post-100k': { ...ONE_ITEM, title: 'POST 100 KB', method: 'POST', bodyBytes: 100_000 },
  'many-keys': { ...ONE_ITEM, title: 'GET, 1 000 keys in turn', method: 'GET', bodyBytes: 0, callers: 'all' },
  sse: {
    title: 'event stream, a chunk every 10 ms',
    method: 'GET',
    path: EVENTS_PATH,
    bodyBytes: 0,
    callers: 'one',
    unit: 'chunk',
    clientsMin: 256,
  },
} as const satisfies Record<string, Workload>

export type WorkloadName = keyof typeof WORKLOADS

/** JSON text of exactly so many bytes. */
export function bodyOf(bytes: number): string {
  if (bytes === 0) return ''
  const empty = JSON.stringify({ text: '' })
  return JSON.stringify({ text: 'a'.repeat(bytes - empty.length) })
}

export function isWorkloadName(name: string): name is WorkloadName {
  return Object.hasOwn(WORKLOADS, name)
}
