/**
 * The pieces of a pattern, under the flag "u": escapes and classes are taken whole, so that what stands in them is not taken
 * for structure.
 */
const PIECES = /\\(?:[pPu]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|\{(\d+)(,?)(\d*)\}|\(\?(?:<?[=!]|:|<[^>]*>)|[^]/gu

/** How large a pattern is with its counted repetitions written out, and how deep its groups are nested. */
export function patternSize(source: string): { readonly size: number; readonly depth: number } {
  const open = [{ size: 0, last: 0 }]
  let depth = 0
  for (const [piece, min, comma, max] of source.matchAll(PIECES)) {
    const top = open.at(-1)
    if (top === undefined) break
    if (min !== undefined) {
      const count = Number(comma === ',' && max !== '' ? max : min)
      top.size += top.last * Math.max(0, count - 1)
      top.last *= Math.max(1, count)
    } else if (piece.startsWith('(')) {
      open.push({ size: 0, last: 0 })
      depth = Math.max(depth, open.length - 1)
    } else if (piece === ')' && open.length > 1) {
      open.pop()
      addAtom(open.at(-1), top.size)
    } else if (!'|*+?'.includes(piece)) addAtom(top, 1)
  }
  return { size: open.reduce((sum, group) => sum + group.size, 0), depth }
}

function addAtom(group: { size: number; last: number } | undefined, size: number): void {
  if (group === undefined) return
  group.size += size
  group.last = size
}

/** The pattern with repetitions of more than so many counts made endless: it matches no less, and is no faster. */
export function withoutLargeCounts(source: string, countMax: number): string {
  return source.replace(PIECES, (piece: string, min?: string, comma?: string, max?: string) => {
    if (min === undefined) return piece
    const count = Number(comma === ',' && max !== undefined && max !== '' ? max : min)
    if (count <= countMax) return piece
    return Number(min) === 0 ? '*' : '+'
  })
}
