import { readdirSync } from 'node:fs'
import { single, type MetricFamily } from './metric-family.ts'

const MS_PER_SECOND = 1000
const US_PER_SECOND = 1_000_000

/** The names of the Prometheus client libraries. */
export const PROCESS_FAMILIES: readonly MetricFamily[] = [
  single('process_cpu_user_seconds_total', 'counter', 'User CPU time.', () => process.cpuUsage().user / US_PER_SECOND),
  single('process_cpu_system_seconds_total', 'counter', 'System CPU time.', () => {
    return process.cpuUsage().system / US_PER_SECOND
  }),
  single('process_cpu_seconds_total', 'counter', 'User and system CPU time.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / US_PER_SECOND
  }),
  single('process_resident_memory_bytes', 'gauge', 'Resident memory.', () => process.memoryUsage.rss()),
  single('process_start_time_seconds', 'gauge', 'When the process started, since 1970 UTC.', () => {
    return performance.timeOrigin / MS_PER_SECOND
  }),
  {
    name: 'process_open_fds',
    type: 'gauge',
    help: 'Open file descriptors.',
    samples: () => (process.platform === 'linux' ? [{ labels: {}, value: readdirSync('/proc/self/fd').length }] : []),
  },
]
