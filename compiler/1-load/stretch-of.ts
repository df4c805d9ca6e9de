/** A stretch of a text, offsets in UTF-16 units. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * Where a stretch of a value stands in what was written: folding, indents and quotes move a text's words apart, and keep
 * their order. Null where it is not found, as when it is written with escapes.
 *
 * @param written As it stands in the file.
 * @param value   What that says.
 */
export function stretchOf(written: string, value: string, { from, to }: Stretch): Stretch | null {
  const wanted = value.slice(from, to)
  if (wanted === '') return null
  let at = -1
  for (let seen = value.indexOf(wanted); seen >= 0 && seen <= from; seen = value.indexOf(wanted, seen + 1)) {
    at = written.indexOf(wanted, at + 1)
    if (at < 0) return null
  }
  return at < 0 ? null : { from: at, to: at + wanted.length }
}
