import type { Limits, RouteLimits } from '../../schemas/config.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { RawLimits, RawRouteLimits } from './raw.ts'
import { parseCount, parseQuota, parseRate } from './units.ts'

export function normalizeLimits(at: Pointer, raw: RawLimits): Limits {
  return {
    at,
    rate: raw.rate === undefined ? null : parseRate(raw.rate),
    burst: raw.burst === undefined ? null : parseCount(raw.burst),
    quota: raw.quota === undefined ? null : parseQuota(raw.quota),
    concurrency: raw.concurrency === undefined ? null : parseCount(raw.concurrency),
  }
}

export function normalizeRouteLimits(at: Pointer, raw: RawRouteLimits | undefined): RouteLimits | null {
  return raw === undefined ? null : { ...normalizeLimits(at, raw), per: raw.per ?? 'key' }
}
