import { isMap, isScalar, isSeq, parseDocument, type Pair, type ParsedNode, type YAMLMap } from 'yaml'
import { segmentsOf, type Pointer, type Where } from '../diagnostics/report.ts'
import type { Source } from './source.ts'
import { stretchOf, type Stretch } from './stretch-of.ts'
import { keyText } from './to-value.ts'

/** A stretch of a file, offsets in UTF-16 units. */
export interface Span {
  readonly source: Source
  readonly from: number
  readonly to: number
}

/**
 * Finds where a value or a member's name stands. A pointer that leads beyond what is written (a member left out) gives the
 * name of the nearest thing that is. Null when the file could not even be read.
 */
export type FindSpan = (where: Where) => Span | null

type Members = Map<string, Pair<ParsedNode, ParsedNode | null>>

/** @param sources The main file first. */
export function indexPlaces(sources: readonly Source[]): FindSpan {
  const indexes = new Map<YAMLMap.Parsed, Members>()
  const membersOf = (map: YAMLMap.Parsed): Members => {
    const known = indexes.get(map)
    if (known !== undefined) return known
    const members: Members = new Map(map.items.map((pair) => [keyText(pair.key), pair]))
    indexes.set(map, members)
    return members
  }

  return (where) => {
    if (typeof where === 'object' && 'file' in where) {
      const source = sources.find((candidate) => candidate.name === where.file)
      return source === undefined ? null : { source, from: where.from, to: where.to }
    }
    const pointer = pointerOf(where)
    const source = ownerOf(sources, pointer)
    if (source === undefined) return null
    const ofName = typeof where === 'object' && 'key' in where
    const segments = segmentsOf(pointer.slice(source.root.length))
    if (source.lines !== null) return spanInLine(source, segments, { ofName })
    const node = walk(source, segments, membersOf, { ofName })
    return typeof where === 'object' && 'value' in where ? spanInside(source, node, where) : spanOf(source, node)
  }
}

/** A line of a file of keys is taken apart only when something in it is looked for: that is seldom, and lines are many. */
function spanInLine(source: Source, [number = '', ...segments]: readonly string[], of: { ofName: boolean }): Span {
  const start = source.lines?.[Number(number) - 1] ?? 0
  const whole = { source, from: start, to: start + 1 }
  if (segments.length === 0) return whole
  const next = source.text.indexOf('\n', start)
  const text = source.text.slice(start, next < 0 ? source.text.length : next)
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' })
  const membersOf = (map: YAMLMap.Parsed): Members => new Map(map.items.map((pair) => [keyText(pair.key), pair]))
  const { contents } = document
  if (!isMap(contents) || !membersOf(contents).has(segments[0] ?? '')) return whole
  const line = { ...source, text, document }
  const { from, to } = spanOf(line, walk(line, segments, membersOf, of))
  return { source, from: start + from, to: start + to }
}

function pointerOf(where: Exclude<Where, { readonly file: string }>): Pointer {
  if (typeof where === 'string') return where
  return 'key' in where ? where.key : where.value
}

/** The file in which a pointer's value is written: the one with the longest root that the pointer goes below. */
function ownerOf(sources: readonly Source[], pointer: Pointer): Source | undefined {
  let owner = sources[0]
  for (const source of sources) {
    if (pointer.startsWith(source.root + '/') && source.root.length > (owner?.root.length ?? 0)) owner = source
  }
  return owner
}

function walk(
  source: Source,
  segments: readonly string[],
  membersOf: (map: YAMLMap.Parsed) => Members,
  { ofName }: { ofName: boolean },
): ParsedNode | null {
  let node: ParsedNode | null = source.document?.contents ?? null
  let name: ParsedNode | null = null
  for (const [i, segment] of segments.entries()) {
    if (isMap(node)) {
      const pair = membersOf(node).get(segment)
      if (pair === undefined) return name ?? firstOf(node)
      name = pair.key
      if (i === segments.length - 1 && ofName) return pair.key
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(segment)]
      if (item === undefined) return name ?? node
      // A list's items are nodes: pairs occur only in ordered maps, which are tags and refused before.
      node = item as ParsedNode
      if (isMap(node)) name = firstOf(node)
    } else return name
  }
  if (isScalar(node)) return node
  return name ?? (isMap(node) ? firstOf(node) : node)
}

/** The whole of a mapping would mark half the file; its first name is enough. */
function firstOf(map: YAMLMap.Parsed): ParsedNode {
  return map.items[0]?.key ?? map
}

function spanOf(source: Source, node: ParsedNode | null): Span {
  if (node === null) return { source, from: 0, to: 0 }
  return { source, from: node.range[0], to: node.range[1] }
}

function spanInside(source: Source, node: ParsedNode | null, stretch: Stretch): Span {
  const whole = spanOf(source, node)
  if (!isScalar(node) || typeof node.value !== 'string') return whole
  const inside = stretchOf(source.text.slice(whole.from, whole.to), node.value, stretch)
  return inside === null ? whole : { source, from: whole.from + inside.from, to: whole.from + inside.to }
}
