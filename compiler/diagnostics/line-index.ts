import { relative, sep } from 'node:path'
import type { Span } from '../1-load/places.ts'
import type { Place } from './locate.ts'

/** Turns a span of offsets into lines and columns. */
export type PlaceOf = (span: Span) => Place

/**
 * @param cwd Files are named relative to it. Absolute.
 */
export function indexLines(cwd: string): PlaceOf {
  const startsByPath = new Map<string, readonly number[]>()
  const startsOf = (path: string, text: string): readonly number[] => {
    const known = startsByPath.get(path)
    if (known !== undefined) return known
    const starts = lineStarts(text)
    startsByPath.set(path, starts)
    return starts
  }

  return ({ source, from, to }) => {
    const starts = startsOf(source.path, source.text)
    const line = lineOf(starts, from)
    const endLine = lineOf(starts, to)
    const start = starts[line] ?? 0
    const next = source.text.indexOf('\n', start)
    return {
      file: relative(cwd, source.path).split(sep).join('/'),
      line: line + 1,
      column: from - start + 1,
      endLine: endLine + 1,
      endColumn: to - (starts[endLine] ?? 0) + 1,
      text: source.text.slice(start, next < 0 ? source.text.length : next).replace(/\r$/, ''),
    }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The last line that begins at or before the offset, by bisection. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
