import type { RawLimits, RawRouteLimits } from '../../compiler/2-validate/raw.ts'
import type { Random } from './random.ts'

/**
 * Rates whose units come back so that on a grid of `TICK_MS` a request either has its unit or lacks at least 1/720 of one:
 * the runtime forgives a thousandth, for the sake of rounding, and the tests do not ask about that.
 */
const TIGHT_RATES = ['1/s', '2/s', '3/min', '7/min', '12/min', '20/min', '20/h', '60/h']
const WIDE_RATES = ['11/s', '100/s', '1_000/min', '6_000/min', '3_600/h']
/** Slower than any test runs: over a socket nothing comes back meanwhile. */
const SLOW_RATES = ['1/h', '3/h', '5/h', '12/h']
export const TICK_MS = 250

export interface LimitOptions {
  /** True when requests go over a socket, where the time is what it is. */
  readonly live: boolean
  /** What the dearest route costs: a limit of keys that holds less could never be met, which the compiler refuses. */
  readonly costMax: number
}

/** One number or more, tight ones as often as wide ones. */
export function generateLimits(random: Random, { live, costMax }: LimitOptions): RawLimits {
  const tight = [`${costMax}/day`, `${costMax + 5}/day`, `${costMax + 8}/month`]
  const quota = live ? `${costMax + 1}/month` : random.pick([...tight, '1_000/day', '50_000/month'])
  const limits = {
    ...(random.chance(0.65) ? rate(random, live, costMax) : {}),
    ...(random.chance(0.3) ? { quota } : {}),
    ...(!live && random.chance(0.3) ? { concurrency: random.pick([1, 1, 2, 3, 64]) } : {}),
  }
  return Object.keys(limits).length === 0 ? { rate: '6_000/min', burst: '1_000' } : limits
}

/** @param mayBeKeys False on a public api, where there is nobody to count for. */
export function generateRouteLimits(random: Random, { live }: LimitOptions, mayBeKeys: boolean): RawRouteLimits {
  const per = mayBeKeys
    ? random.pick(['key', 'tenant', 'address', 'everyone'] as const)
    : random.pick(['address', 'everyone'] as const)
  const limits = generateLimits(random, { live, costMax: 1 })
  return mayBeKeys && per === 'key' && random.chance(0.5) ? limits : { ...limits, per }
}

function rate(random: Random, live: boolean, costMax: number): RawLimits {
  if (live) return { rate: random.pick(SLOW_RATES), burst: random.pick([costMax, costMax + 2, 100, 100]) }
  const tight = random.chance(0.5)
  const text = random.pick(tight ? TIGHT_RATES : WIDE_RATES)
  if (random.chance(0.4) && parseInt(text) >= costMax) return { rate: text }
  return { rate: text, burst: tight ? costMax + random.below(5) : random.pick([costMax + 2, 20, '1_000']) }
}
