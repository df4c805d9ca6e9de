import type { Bind, BindSource } from '../../schemas/config.ts'
import type { BindRow } from '../../schemas/table.ts'
import { parameterNames } from '../3-link/parse-path.ts'
import type { LinkedRoute } from '../3-link/linked.ts'

/** What only looks at the path comes first, what needs the body last: the order in which they are decided. */
const ORDER = ['path', 'query', 'body'] as const

export function lowerBinds({ binds, segments }: LinkedRoute): BindRow[] {
  const parameters = parameterNames(segments)
  return [...binds]
    .sort((a, b) => ORDER.indexOf(a.of) - ORDER.indexOf(b.of))
    .map((bind) => ({
      of: bind.of,
      parameter: positionOf(bind, parameters),
      name: bind.name,
      to: bind.to.of,
      source: sourceOf(bind.to),
    }))
}

function positionOf({ of, name }: Bind, parameters: readonly string[]): number {
  return of === 'path' ? parameters.indexOf(name[0] ?? '') : -1
}

function sourceOf(to: BindSource): readonly string[] {
  if (to.of === 'metadata') return [to.name]
  return to.of === 'claims' ? to.name : []
}
