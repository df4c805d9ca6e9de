import { isMap, type Node, type Pair } from 'yaml'
import type { Source } from '../../1-load/source.ts'
import { keyText } from '../../1-load/to-value.ts'
import { segmentsOf, type Pointer } from '../../diagnostics/report.ts'

/** A value on the way to another, and the name before it; the file itself has none. */
export interface Holder {
  readonly name: Node | null
  readonly value: Node
}

/** From the file's root to what a pointer inside this file means; empty when it is not there. */
export function pathTo(source: Source, pointer: Pointer): Holder[] {
  const root = source.document?.contents
  if (root === null || root === undefined) return []
  const path: Holder[] = [{ name: null, value: root }]
  for (const segment of segmentsOf(pointer)) {
    const map = path.at(-1)?.value
    const pair = isMap(map) ? map.items.find((candidate) => keyText(candidate.key) === segment) : undefined
    if (pair === undefined) return []
    // Safe: what the parser gives are nodes, and names without a value have been refused.
    path.push({ name: pair.key as Node, value: pair.value as Node })
  }
  return path
}

/** The offset behind the line that holds this one. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset)
  return at < 0 ? text.length : at + 1
}

export function columnOf(text: string, pair: Pair | undefined): number | null {
  // Safe: the names that the parser gives are nodes.
  return pair === undefined ? null : columnOfOffset(text, rangeOf(pair.key as Node)[0])
}

/** Null when something else stands before it in its line. */
export function columnOfOffset(text: string, offset: number): number | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^ *$/.test(text.slice(start, offset)) ? offset - start : null
}

export function rangeOf(node: Node): readonly [number, number] {
  const range = node.range
  if (range === null || range === undefined) throw new Error('a parsed node has no place')
  return [range[0], range[1]]
}

export function indent(columns: number, lines: readonly string[]): string[] {
  return lines.map((line) => ' '.repeat(columns) + line)
}
