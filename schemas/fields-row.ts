/** What the JSON answers of some routes may show. */
export interface FieldsRow {
  /** Those that it shows more for: the first is bit 1 of `held`, and so on; bit 0 stands for everyone. */
  readonly scopes: readonly string[]
  /** The largest answer that is cut. */
  readonly bytesMax: number
  readonly filter: FieldFilter
}

/**
 * Says what becomes of a member or element.
 *
 * @param at   The place in the answer that it lies in: 0 at the top, then what the filter said of the object or array.
 * @param name The member's, or null for an element.
 * @param held The caller's scopes as bits.
 * @returns The place that it is, for what lies in it; `KEEP_FIELD` for the whole of it, `CUT_FIELD` for nothing.
 */
export type FieldFilter = (at: number, name: string | null, held: number) => number

export type KeepField = -1
export type CutField = -2
