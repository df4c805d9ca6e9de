import type { AddressRangeRow } from '../schemas/table.ts'

/**
 * Ranges of addresses, made ready to be asked: a path-compressed binary tree (D. R. Morrison, PATRICIA, 1968). An inner node
 * names one bit; only where a walk along those bits ends, the address is held against a range. A walk is as long as the
 * tree is deep, not as the list of ranges.
 */
export interface PrefixTree {
  /** Three numbers a node: its bit, and where 0 and 1 lead to. Below zero: `~leaf`. */
  readonly nodes: Int32Array
  /** Four words a leaf, and how many leading bits of them must agree. */
  readonly words: Int32Array
  readonly bits: Uint8Array
  /** Where walks begin: a node, `~leaf`, or nowhere. */
  readonly root: number
}

const WORDS = 4
const WORD_BITS = 32
const WORD_BITS_LOG2 = 5
const BIT_IN_WORD_MASK = 31
const NODE_CELLS = 3
/** Of a tree without ranges. No node and no leaf has this number. */
const NOWHERE = 0x7fff_ffff

/** @param ranges In any order; nested and repeated ones are one. */
export function createPrefixTree(ranges: readonly AddressRangeRow[]): PrefixTree {
  const leaves = withoutNested([...ranges].sort(byPlace))
  const nodes: number[] = []
  const root = leaves.length === 0 ? NOWHERE : grow(leaves, 0, leaves.length, nodes)
  return {
    nodes: Int32Array.from(nodes),
    // The table's words are without a sign.
    words: Int32Array.from(leaves.flatMap(({ words }) => words.map((word) => word | 0))),
    bits: Uint8Array.from(leaves, ({ bits }) => bits),
    root,
  }
}

/** True when one of the ranges holds the address. */
export function isInTree({ nodes, words: prefixes, bits, root }: PrefixTree, words: Int32Array): boolean {
  let at = root
  if (at === NOWHERE) return false
  while (at >= 0) {
    const cell = at * NODE_CELLS
    at = nodes[cell + 1 + bitOf(words, nodes[cell] ?? 0)] ?? NOWHERE
  }
  const leaf = ~at
  return agrees(words, prefixes, leaf * WORDS, bits[leaf] ?? 0)
}

/** A range is behind all that hold it. */
function byPlace(one: AddressRangeRow, other: AddressRangeRow): number {
  for (let i = 0; i < WORDS; i++) {
    const difference = (one.words[i] ?? 0) - (other.words[i] ?? 0)
    if (difference !== 0) return difference
  }
  return one.bits - other.bits
}

function withoutNested(sorted: readonly AddressRangeRow[]): AddressRangeRow[] {
  const kept: AddressRangeRow[] = []
  for (const range of sorted) {
    const last = kept.at(-1)
    if (last === undefined || !agrees(range.words, last.words, 0, last.bits)) kept.push(range)
  }
  return kept
}

/** Adds the nodes over some leaves, and says where they begin. The leaves are sorted, and none holds another. */
function grow(leaves: readonly AddressRangeRow[], from: number, to: number, nodes: number[]): number {
  if (to - from === 1) return ~from
  // The first and the last of a sorted list differ the earliest.
  const bit = firstDifference(leaves[from]?.words ?? [], leaves[to - 1]?.words ?? [])
  let middle = from + 1
  while (bitOf(leaves[middle]?.words ?? [], bit) === 0) middle++
  const node = nodes.length / NODE_CELLS
  nodes.push(bit, NOWHERE, NOWHERE)
  nodes[node * NODE_CELLS + 1] = grow(leaves, from, middle, nodes)
  nodes[node * NODE_CELLS + 2] = grow(leaves, middle, to, nodes)
  return node
}

function firstDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  for (let i = 0; i < WORDS; i++) {
    const difference = (one[i] ?? 0) ^ (other[i] ?? 0)
    if (difference !== 0) return i * WORD_BITS + Math.clz32(difference)
  }
  throw new Error('two ranges of a tree are one')
}

function bitOf(words: ArrayLike<number>, bit: number): number {
  return ((words[bit >>> WORD_BITS_LOG2] ?? 0) >>> (BIT_IN_WORD_MASK - (bit & BIT_IN_WORD_MASK))) & 1
}

function agrees(words: ArrayLike<number>, prefixes: ArrayLike<number>, at: number, bits: number): boolean {
  for (let i = 0; i * WORD_BITS < bits; i++) {
    const left = bits - i * WORD_BITS
    const mask = left >= WORD_BITS ? -1 : -1 << (WORD_BITS - left)
    if ((((words[i] ?? 0) ^ (prefixes[at + i] ?? 0)) & mask) !== 0) return false
  }
  return true
}
