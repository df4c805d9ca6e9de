import type { PathRow, TreeRow } from '../../schemas/table.ts'
import type { LinkedRoute, Segment } from '../3-link/linked.ts'

const NONE = -1

export interface LoweredPaths {
  readonly paths: readonly PathRow[]
  readonly tree: readonly TreeRow[]
}

/** A row of the tree while it grows. */
interface Branch {
  readonly at: string
  readonly literals: Map<string, number>
  parameter: number
  rest: number
  end: number
}

/** Groups routes by the shape of their paths and builds the tree that a request's path is walked through. */
export function lowerPaths(routes: readonly LinkedRoute[]): LoweredPaths {
  const branches: Branch[] = [newBranch('/')]
  const methodsByPath: { path: string; methods: Map<string, number[]> }[] = []

  for (const [position, route] of routes.entries()) {
    const branch = branches[grow(branches, route.segments)]
    if (branch === undefined) continue
    const isRest = route.segments.at(-1)?.kind === 'rest'
    let path = isRest ? branch.rest : branch.end
    if (path === NONE) {
      path = methodsByPath.push({ path: route.path, methods: new Map() }) - 1
      if (isRest) branch.rest = path
      else branch.end = path
    }
    const methods = methodsByPath[path]?.methods
    for (const method of route.methods) methods?.set(method, [...(methods.get(method) ?? []), position])
  }

  return {
    paths: methodsByPath.map(({ path, methods }) => ({
      path,
      methods: Object.fromEntries([...methods].map(([method, positions]) => [method, matchesFirst(positions, routes)])),
    })),
    tree: branches.map(({ literals, ...rest }) => ({ ...rest, literals: [...literals] })),
  }
}

/** Walks the segments from the root, making what is not there yet, and returns the row they lead to. */
function grow(branches: Branch[], segments: readonly Segment[]): number {
  let at = 0
  for (const segment of segments) {
    const branch = branches[at]
    if (branch === undefined || segment.kind === 'rest') break
    const known = segment.kind === 'literal' ? (branch.literals.get(segment.text) ?? NONE) : branch.parameter
    if (known !== NONE) {
      at = known
      continue
    }
    const text = segment.kind === 'literal' ? segment.text : '{}'
    const next = branches.push(newBranch(branch.at === '/' ? `/${text}` : `${branch.at}/${text}`)) - 1
    if (segment.kind === 'literal') branch.literals.set(segment.text, next)
    else branch.parameter = next
    at = next
  }
  return at
}

function newBranch(at: string): Branch {
  return { at, literals: new Map(), parameter: NONE, rest: NONE, end: NONE }
}

/** A route without conditions takes what those with conditions leave. */
function matchesFirst(positions: readonly number[], routes: readonly LinkedRoute[]): number[] {
  const isOpen = (position: number): number => (routes[position]?.match === null ? 1 : 0)
  return [...positions].sort((a, b) => isOpen(a) - isOpen(b) || a - b)
}
