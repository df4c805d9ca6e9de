import { countersOf, OTHER_SERIES, KEYS_AT, SERIES_AT, SERIES_CELLS, threadsOf, USED } from './metric-memory.ts'

/** What all threads counted together. */
export interface MetricSums {
  /** Cells as a thread has them, those of series aside. */
  readonly cells: Float64Array
  /** By the key of a series, its cells. What there was no room for stands under null. */
  readonly series: ReadonlyMap<number | null, Float64Array>
}

/**
 * Adds up the counters of all threads while they count: each number is whole, but a request that ends now may be in one number
 * and not yet in the next.
 */
export function sumMetrics(memory: SharedArrayBuffer): MetricSums {
  const cells = new Float64Array(SERIES_AT)
  const series = new Map<number | null, Float64Array>()
  for (let thread = 0; thread < threadsOf(memory); thread++) {
    const counters = countersOf(memory, thread)
    addTo(cells, counters.cells.subarray(0, SERIES_AT))
    const used = Atomics.load(counters.words, USED)
    for (let row = OTHER_SERIES; row < used; row++) {
      const key = row === OTHER_SERIES ? null : (counters.words[KEYS_AT + row] ?? null)
      const sums = series.get(key) ?? new Float64Array(SERIES_CELLS)
      const at = SERIES_AT + row * SERIES_CELLS
      addTo(sums, counters.cells.subarray(at, at + SERIES_CELLS))
      series.set(key, sums)
    }
  }
  return { cells, series }
}

function addTo(sums: Float64Array, counted: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (counted[i] ?? 0)
}
