import type { LinkedRoute } from '../3-link/linked.ts'

/** Paths by their segments. Each holds the first route with its shape. */
export interface PathTree {
  readonly literals: Map<string, PathTree>
  parameter: PathTree | null
  end: LinkedRoute | null
  rest: LinkedRoute | null
}

export function growTree(routes: readonly LinkedRoute[]): PathTree {
  const root = newTree()
  for (const route of routes) {
    let tree = root
    for (const segment of route.segments) {
      if (segment.kind === 'rest') break
      tree = segment.kind === 'literal' ? literalOf(tree, segment.text) : (tree.parameter ??= newTree())
    }
    if (route.segments.at(-1)?.kind === 'rest') tree.rest ??= route
    else tree.end ??= route
  }
  return root
}

/**
 * The path that takes these segments: literal before parameter before rest, going back when a branch has no end.
 *
 * @returns The first route with that path, or null when none takes them.
 */
export function findPath(tree: PathTree, segments: readonly string[], at = 0): LinkedRoute | null {
  const segment = segments[at]
  if (segment === undefined) return tree.end ?? tree.rest
  const literal = tree.literals.get(segment)
  return (
    (literal === undefined ? null : findPath(literal, segments, at + 1)) ??
    (tree.parameter === null ? null : findPath(tree.parameter, segments, at + 1)) ??
    tree.rest
  )
}

function newTree(): PathTree {
  return { literals: new Map(), parameter: null, end: null, rest: null }
}

function literalOf(tree: PathTree, text: string): PathTree {
  const known = tree.literals.get(text)
  if (known !== undefined) return known
  const next = newTree()
  tree.literals.set(text, next)
  return next
}
