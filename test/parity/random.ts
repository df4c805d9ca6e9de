/** Numbers that look random and follow from a seed. */
export interface Random {
  /** A whole number from 0 up to, but without, `end`. */
  readonly below: (end: number) => number
  /** True with the given probability, 0 to 1. */
  readonly chance: (probability: number) => boolean
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** Each item is kept with the given probability. */
  readonly some: <Item>(items: readonly Item[], probability: number) => Item[]
}

const UINT32 = 2 ** 32

/** A Weyl sequence with a mixing step (splitmix32). Good enough to choose tests, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x9e37_79b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / UINT32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    some: (items, probability) => items.filter(() => next() < probability),
  }
}
