import { OTHER_LABEL } from './metric-book.ts'
import { BUCKET_SECONDS, SUM_MS } from './metric-memory.ts'
import type { MetricSums } from './sum-metrics.ts'

/** A metric: its lines differ in their labels. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: (sums: MetricSums) => readonly Sample[]
}

/** One line of the text. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** Where it is not the family's name: the parts of a histogram. */
  readonly metricName?: string
}

export type Labels = Readonly<Record<string, string | number>>

const MS_PER_SECOND = 1000

/** A metric of one number. */
export function single(
  name: string,
  type: MetricFamily['type'],
  help: string,
  read: (sums: MetricSums) => number,
): MetricFamily {
  return { name, type, help, samples: (sums) => [{ labels: {}, value: read(sums) }] }
}

/** A line for each name, those that never counted too, so that a first count is seen as a rise. */
export function samplesByName(
  names: readonly string[],
  label: string,
  read: (index: number) => number | undefined,
  labels: Labels = {},
): Sample[] {
  const samples = names.map((name, i) => ({ labels: { ...labels, [label]: name }, value: read(i) ?? 0 }))
  return samples.filter(({ labels, value }) => value > 0 || !Object.values(labels).includes(OTHER_LABEL))
}

/** @param at Where the buckets begin. */
export function durationSamples(name: string, labels: Labels, cells: Float64Array, at: number): Sample[] {
  let count = 0
  const buckets = [...BUCKET_SECONDS, '+Inf'].map((le, i) => {
    count += cells[at + i] ?? 0
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [...buckets, ...totals(name, labels, count, (cells[at + SUM_MS] ?? 0) / MS_PER_SECOND)]
}

/** A histogram with the one bucket that it must have. */
export function sizeSamples(name: string, labels: Labels, count: number, sum: number): Sample[] {
  const bucket = { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count }
  return [bucket, ...totals(name, labels, count, sum)]
}

/** How much was observed, whatever its bucket. */
export function countOf(cells: Float64Array, at: number): number {
  return cells.subarray(at, at + SUM_MS).reduce((sum, count) => sum + count, 0)
}

function totals(name: string, labels: Labels, count: number, sum: number): Sample[] {
  return [
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
