import type { LimitRow, RouteRow, UpstreamRow } from '../../schemas/table.ts'

/** What metrics are named after; a table has it. */
export interface MetricNames {
  readonly routes: readonly Pick<RouteRow, 'path'>[]
  readonly upstreams: readonly Pick<UpstreamRow, 'name'>[]
  readonly limits: readonly Pick<LimitRow, 'name'>[]
}

/** Where the counters of one table lie, by the positions of its rows. Threads get it with the table. */
export interface MetricPlan {
  readonly routes: Int32Array
  readonly upstreams: Int32Array
  readonly limits: Int32Array
}

/**
 * Gives counters their places by name, so that they survive a change of the table. The main thread keeps it: a name that goes
 * and comes back finds its counters as they were.
 */
export interface MetricBook {
  readonly plan: (table: MetricNames) => MetricPlan
  /** By slot, what stands in a label. */
  readonly labels: () => MetricLabels
}

export interface MetricLabels {
  readonly routes: readonly string[]
  readonly upstreams: readonly string[]
  readonly limits: readonly string[]
}

/** The slot of requests that no route was found for; its label is empty, which to Prometheus is none. */
export const NO_ROUTE_SLOT = 0
/** Stands for all that there is no room for. Neither paths nor names of a config begin like it. */
export const OTHER_LABEL = '_other'
/** Routes share a slot where they share a path: the method is a label of its own. */
export const ROUTE_SLOTS_MAX = 65_536
export const UPSTREAM_SLOTS_MAX = 1024
export const LIMIT_SLOTS_MAX = 1024

export function createMetricBook(): MetricBook {
  const routes = createSlots(['', OTHER_LABEL], ROUTE_SLOTS_MAX)
  const upstreams = createSlots([OTHER_LABEL], UPSTREAM_SLOTS_MAX)
  const limits = createSlots([OTHER_LABEL], LIMIT_SLOTS_MAX)
  return {
    plan: (table) => ({
      routes: Int32Array.from(table.routes, (route) => routes.of(route.path)),
      upstreams: Int32Array.from(table.upstreams, (upstream) => upstreams.of(upstream.name)),
      limits: Int32Array.from(table.limits, (limit) => limits.of(limit.name)),
    }),
    labels: () => ({ routes: routes.labels, upstreams: upstreams.labels, limits: limits.labels }),
  }
}

/** @param reserved Labels of the first slots, of which the last is for names that there is no room for. */
function createSlots(reserved: readonly string[], slotsMax: number) {
  const labels = [...reserved]
  const slots = new Map<string, number>()
  const of = (name: string): number => {
    const known = slots.get(name)
    if (known !== undefined) return known
    if (labels.length >= slotsMax) return reserved.length - 1
    slots.set(name, labels.length)
    return labels.push(name) - 1
  }
  return { of, labels: labels as readonly string[] }
}
