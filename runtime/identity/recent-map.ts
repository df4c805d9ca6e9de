/** What was found out lately, by a key; bounded. */
export interface RecentMap<Value> {
  readonly get: (key: string) => Value | undefined
  readonly set: (key: string, value: Value) => void
  readonly delete: (key: string) => void
}

/**
 * Two generations: when the young one is full it becomes the old one, and what was old and not asked
 * for meanwhile is forgotten at once. To take single entries out of a full map costs four microseconds each.
 *
 * @param most Entries that are kept at most, in both together.
 */
export function createRecentMap<Value>(most: number): RecentMap<Value> {
  const generationMax = Math.ceil(most / 2)
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  const set = (key: string, value: Value): void => {
    if (young.size >= generationMax && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    set,
    get: (key) => {
      const value = young.get(key)
      if (value !== undefined) return value
      const kept = old.get(key)
      if (kept !== undefined) set(key, kept)
      return kept
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
  }
}
