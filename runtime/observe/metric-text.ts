import type { Metric } from 'prom-client'
import type { MetricsText } from '../admin.ts'
import { metricFamilies, type MetricSources } from './metric-families.ts'
import type { MetricFamily } from './metric-family.ts'
import { PROCESS_FAMILIES } from './process-families.ts'
import { sumMetrics, type MetricSums } from './sum-metrics.ts'

/**
 * Makes the Prometheus text of all that is counted. The library that writes it is loaded when it is first asked for; askers at
 * the same time share one text.
 *
 * @param memory What the threads count in.
 */
export function createMetricText(memory: SharedArrayBuffer, sources: MetricSources): () => Promise<MetricsText> {
  const families = [...metricFamilies(sources), ...PROCESS_FAMILIES]
  let pending: Promise<MetricsText> | null = null
  const render = async (): Promise<MetricsText> => {
    const { Registry } = await import('prom-client')
    const registry = new Registry()
    const sums = sumMetrics(memory)
    for (const family of families) registry.registerMetric(toMetric(family, sums))
    return { contentType: registry.contentType, text: await registry.metrics() }
  }
  return () => {
    pending ??= render().finally(() => (pending = null))
    return pending
  }
}

function toMetric({ name, type, help, samples }: MetricFamily, sums: MetricSums): Metric {
  const values = samples(sums)
  const metric = { name, type, help, aggregator: 'sum', get: () => Promise.resolve({ name, type, help, values }) }
  // Safe: the registry asks a metric for its name and for what `get` tells; the library's own classes keep their values
  // themselves, where these stand in shared memory.
  return metric as unknown as Metric
}
