import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import { canBothHold, isPossible } from '../match-logic.ts'
import { shapeOf } from '../path-shape.ts'
import { createWitness, type WitnessOf } from '../witness.ts'

/** The runtime tries the conditions of one method and path one after the other. */
const ROUTES_AT_ONE_PATH_MAX = 100

/**
 * Among the routes of one method and path, at most one may take a request: all but one need a `match`, and no two of these
 * may hold at once.
 */
export function routesApart({ routes }: LinkedConfig, report: Report): void {
  const witnessOf = createWitness(routes)
  const told = new Set<LinkedRoute>()
  for (const [method, group] of groupsOf(routes)) {
    const last = group[ROUTES_AT_ONE_PATH_MAX]
    if (last !== undefined) {
      report('routes-too-many', { key: last.at }, { path: last.path, method, max: String(ROUTES_AT_ONE_PATH_MAX) })
      continue
    }
    for (const [i, route] of group.entries()) {
      const other = group.slice(0, i).find((earlier) => collide(earlier, route))
      if (other === undefined || told.has(route)) continue
      told.add(route)
      reportPair(route, other, method, witnessOf, report)
    }
  }
}

function collide(a: LinkedRoute, b: LinkedRoute): boolean {
  if (a.match === null || b.match === null) return a.match === b.match
  return isPossible(a.match) && isPossible(b.match) && canBothHold(a.match, b.match)
}

function reportPair(
  route: LinkedRoute,
  other: LinkedRoute,
  method: string,
  witnessOf: WitnessOf,
  report: Report,
): void {
  const matches = [route.match, other.match].filter((match) => match !== null)
  const params = { route: route.name, other: other.name, witness: witnessOf(method, route.segments, matches) }
  const related = [{ message: 'the other route', where: { key: other.at } }]
  report(matches.length === 0 ? 'route-duplicate' : 'route-ambiguous', { key: route.at }, params, { related })
}

/** Routes by method and shape of path, in the order of the files. */
function groupsOf(routes: readonly LinkedRoute[]): (readonly [method: string, group: LinkedRoute[]])[] {
  const groups = new Map<string, readonly [string, LinkedRoute[]]>()
  for (const route of routes) {
    const shape = shapeOf(route.segments)
    for (const method of route.methods) {
      const name = `${method} ${shape}`
      const group = groups.get(name)
      if (group === undefined) groups.set(name, [method, [route]])
      else group[1].push(route)
    }
  }
  return [...groups.values()]
}
