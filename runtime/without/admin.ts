import type { startAdmin as realStart } from '../admin.ts'
import type { createMetricText as realText } from '../observe/metric-text.ts'
import { absent } from './absent.ts'

/** For a table without an admin listener. */
export const startAdmin: typeof realStart = () => absent('an admin listener')
export const createMetricText: typeof realText = () => () => absent('metrics')
