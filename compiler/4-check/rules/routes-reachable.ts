import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'
import { findPath, growTree } from '../path-tree.ts'
import { shapeOf } from '../path-shape.ts'
import { createWitness, freshSegment } from '../witness.ts'

/**
 * A path that ends in {rest...} is never found when more particular paths take all that it would. Other paths always are:
 * a request with values that no path names reaches them.
 */
export function routesReachable({ routes }: LinkedConfig, report: Report): void {
  const tree = growTree(routes)
  const value = freshSegment(routes)
  const witnessOf = createWitness(routes)
  const depthMax = Math.max(0, ...routes.map(({ segments }) => segments.length))

  for (const route of routes) {
    if (route.segments.at(-1)?.kind !== 'rest') continue
    const shape = shapeOf(route.segments)
    const start = route.segments.slice(0, -1).map((segment) => (segment.kind === 'literal' ? segment.text : value))
    const takers = new Map<string, readonly [witness: string, at: string]>()
    let isReached = false
    for (let more = 0; start.length + more <= depthMax + 1 && !isReached; more++) {
      const segments = [...start, ...new Array<string>(more).fill(value)]
      const found = findPath(tree, segments)
      if (found === null || shapeOf(found.segments) === shape) isReached = true
      else takers.set(shapeOf(found.segments), ['/' + segments.join('/'), found.at])
    }
    if (isReached) continue
    const related = [...takers.values()].map(([witness, at]) => ({ message: `takes ${witness}`, where: { key: at } }))
    const [method = ''] = route.methods
    const witness = witnessOf(method, route.segments, [])
    report('route-unreachable', { key: route.at }, { route: route.name, witness }, { related })
  }
}
