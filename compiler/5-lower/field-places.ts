/** The bit of whoever calls. */
export const EVERYONE = 1
/** More than any answer that a person could describe; what grows beyond was written by a mistake, or to harm. */
export const FIELD_PLACES_MAX = 1_000
/** Scopes are bits of a whole number. */
export const FIELD_SCOPES_MAX = 30

const ANY = '*'

export interface ScopedPath {
  readonly names: readonly string[]
  /** Of those who see it. */
  readonly bit: number
}

/** An object or array in an answer that some paths lead into, the same way for all of its kind. */
export interface FieldPlace {
  /** How it is reached, for the reader: "items.*". */
  readonly at: string
  readonly branches: readonly FieldBranch[]
  /** Of every other member, and of elements. */
  readonly other: FieldEnd | null
}

export interface FieldBranch extends FieldEnd {
  readonly name: string
}

/** What becomes of a member: kept whole by those who hold one of the bits, gone into by others. */
export interface FieldEnd {
  readonly keep: number
  readonly into: number
  /** Position of the place that it is, or -1. */
  readonly place: number
}

/**
 * Turns paths into places, so that a walk through an answer is at one place at a time: paths that can lead to the same
 * member are followed together. Stops beyond `FIELD_PLACES_MAX`, which check has looked at.
 */
export function buildFieldPlaces(paths: readonly ScopedPath[]): readonly FieldPlace[] {
  const known = new Map<string, number>()
  const waiting: { readonly at: string; readonly depth: number; readonly paths: readonly ScopedPath[] }[] = []
  const numbers = new Map(paths.map((path, i) => [path, i]))

  function placeOf(at: string, depth: number, inner: readonly ScopedPath[]): number {
    const identity = `${depth}: ${inner.map((path) => numbers.get(path)).join()}`
    const position = known.get(identity) ?? waiting.push({ at, depth, paths: inner }) - 1
    known.set(identity, position)
    return position
  }
  function endOf(at: string, depth: number, reached: readonly ScopedPath[]): FieldEnd {
    const keep = bitsOf(reached.filter(({ names }) => names.length === depth + 1))
    // Who is shown the whole needs no way into it.
    const inner = reached.filter(({ names, bit }) => names.length > depth + 1 && !covers(keep, bit))
    return { keep, into: bitsOf(inner), place: inner.length === 0 ? -1 : placeOf(at, depth + 1, inner) }
  }

  placeOf('', 0, paths)
  const places: FieldPlace[] = []
  for (let i = 0; i < waiting.length && i < FIELD_PLACES_MAX; i++) {
    const { at, depth, paths: here } = waiting[i] ?? { at: '', depth: 0, paths: [] }
    const inner = (name: string): string => (at === '' ? name : `${at}.${name}`)
    const names = [...new Set(here.map((path) => path.names[depth] ?? ''))].filter((name) => name !== ANY)
    const others = here.filter((path) => path.names[depth] === ANY)
    places.push({
      at,
      branches: names.map((name) => ({
        name,
        ...endOf(
          inner(name),
          depth,
          here.filter((path) => path.names[depth] === name || path.names[depth] === ANY),
        ),
      })),
      other: others.length === 0 ? null : endOf(inner(ANY), depth, others),
    })
  }
  return places
}

function bitsOf(paths: readonly ScopedPath[]): number {
  return paths.reduce((bits, { bit }) => bits | bit, 0)
}

function covers(keep: number, bit: number): boolean {
  return (keep & (bit | EVERYONE)) !== 0
}
