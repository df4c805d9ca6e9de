import { pointTo, type Pointer } from '../diagnostics/report.ts'

export interface TextValue {
  readonly at: Pointer
  /** The member that the value or its list belongs to. */
  readonly name: string
  readonly text: string
}

/** Every text in a plain value, in the order of the file. */
export function textsIn(at: Pointer, value: unknown, name = ''): TextValue[] {
  const all: TextValue[] = []
  const open: { at: Pointer; value: unknown; name: string }[] = [{ at, value, name }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at: place, value: current, name: member } = next
    if (typeof current === 'string') all.push({ at: place, name: member, text: current })
    if (typeof current !== 'object' || current === null) continue
    const children = Array.isArray(current)
      ? current.map((item: unknown, i) => ({ at: pointTo(place, i), value: item, name: member }))
      : Object.entries(current).map(([key, item]: [string, unknown]) => ({
          at: pointTo(place, key),
          value: item,
          name: key,
        }))
    open.push(...children.reverse())
  }
  return all
}
