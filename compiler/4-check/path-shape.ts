import type { Segment } from '../3-link/linked.ts'

/** A path with its parameters' names left out: paths of one shape match the same requests. */
export function shapeOf(segments: readonly Segment[]): string {
  return '/' + segments.map((segment) => (segment.kind === 'literal' ? segment.text : SHAPES[segment.kind])).join('/')
}

/** No literal segment holds a brace. */
const SHAPES = { parameter: '{}', rest: '{...}' } as const
