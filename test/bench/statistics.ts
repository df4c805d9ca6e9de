/** The middle value; the mean of the two middle ones of an even number. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const above = sorted[sorted.length >> 1] ?? NaN
  const below = sorted[(sorted.length - 1) >> 1] ?? NaN
  return (above + below) / 2
}

/**
 * The median of the ratios within a round. A machine that others use is slow for a whole round rather than for one of its
 * candidates, so this is steadier than the ratio of the medians.
 *
 * @param values One a round. Rounds that one of the two lacks count for nothing.
 * @param bases  What they are compared with, in the same order.
 */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
  const ratios = values.map((value, round) => value / (bases[round] ?? NaN))
  return median(ratios.filter(Number.isFinite))
}
