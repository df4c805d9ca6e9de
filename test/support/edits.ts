import { pointTo, segmentsOf, type Pointer } from '../../compiler/diagnostics/report.ts'

/** The pointers of all members of all mappings in a plain value, outer before inner. */
export function membersIn(value: unknown, at: Pointer = ''): Pointer[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const below = pointTo(at, name)
    return [...(Array.isArray(value) ? [] : [below]), ...membersIn(member, below)]
  })
}

/** A copy without one member. */
export function withoutMember(value: unknown, pointer: Pointer): unknown {
  return edit(value, segmentsOf(pointer), (entries, name) => entries.filter(([key]) => key !== name))
}

/** A copy in which one member has another name, in the same place. */
export function withRenamed(value: unknown, pointer: Pointer, newName: string): unknown {
  return edit(value, segmentsOf(pointer), (entries, name) =>
    entries.map(([key, member]) => [key === name ? newName : key, member]),
  )
}

type Entries = [name: string, member: unknown][]

function edit(
  value: unknown,
  segments: readonly string[],
  change: (entries: Entries, name: string) => Entries,
): unknown {
  const [name = '', ...rest] = segments
  if (typeof value !== 'object' || value === null) return value
  const entries: Entries = Object.entries(value)
  const edited =
    rest.length === 0
      ? change(entries, name)
      : entries.map(([key, member]): [string, unknown] => [key, key === name ? edit(member, rest, change) : member])
  return Array.isArray(value) ? edited.map(([, member]) => member) : Object.fromEntries(edited)
}

/** The name with its last letter exchanged: the commonest kind of typo, and the same each time. */
export function misspell(name: string): string {
  const last = name.at(-1)
  return name.slice(0, -1) + (last === 'q' ? 'z' : 'q')
}
