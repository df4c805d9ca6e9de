import type { FieldPath } from '../../schemas/config.ts'
import type { LinkedConfig, LinkedFields } from '../3-link/linked.ts'
import type { Pointer } from '../diagnostics/report.ts'
import { buildFieldPlaces, EVERYONE, type FieldPlace, type ScopedPath } from './field-places.ts'

const SHOWS_ALL = -1

/** A filter of answers before it is code. */
export interface FieldsDraft {
  readonly at: Pointer
  readonly scopes: readonly string[]
  readonly bytesMax: number
  readonly places: readonly FieldPlace[]
}

export interface LoweredFields {
  readonly drafts: readonly FieldsDraft[]
  /** By the route's position; -1 where answers show all there is. */
  readonly ofRoute: readonly number[]
  /** Positions of the scopes that some of them show more for. */
  readonly scopes: ReadonlySet<number>
}

/** Makes one filter of each `fields` that some route has. */
export function lowerFields(config: LinkedConfig): LoweredFields {
  const positions = new Map<LinkedFields, number>()
  const drafts: FieldsDraft[] = []
  const scopes = new Set<number>()
  const ofRoute = config.routes.map(({ fields }) => {
    if (fields === null) return SHOWS_ALL
    for (const { scope } of fields.withScope) scopes.add(scope)
    const position = positions.get(fields) ?? drafts.push(draftOf(fields, config)) - 1
    positions.set(fields, position)
    return position
  })
  return { drafts, ofRoute, scopes }
}

function draftOf(fields: LinkedFields, config: LinkedConfig): FieldsDraft {
  return {
    at: fields.at,
    scopes: fields.withScope.map(({ scope }) => config.scopes[scope]?.name ?? ''),
    bytesMax: fields.bytesMax,
    places: buildFieldPlaces(scopedPaths(fields)),
  }
}

/** All paths of one `fields`, each with the bit of whom it is for. */
export function scopedPaths({ allow, withScope }: LinkedFields): ScopedPath[] {
  const scoped = (paths: readonly FieldPath[], bit: number): ScopedPath[] => paths.map(({ names }) => ({ names, bit }))
  return [...scoped(allow, EVERYONE), ...withScope.flatMap(({ paths }, i) => scoped(paths, EVERYONE << (i + 1)))]
}
