import type { GatewayTable, KeyRow, LimitSubject, TenantRow } from '../../schemas/table.ts'
import { idsOf } from '../keys/key-store.ts'
import type { TextColumn } from '../keys/text-column.ts'
import { createKeySlots } from './key-slots.ts'

/** Counters of one limit that lie side by side. */
export const PAGE_CELLS = 256
export const PAGE_CELLS_LOG2 = 8

/** What of a table has counters. */
export interface CountedTable extends Pick<GatewayTable, 'limits'> {
  readonly keys: readonly Pick<KeyRow, 'id'>[]
  readonly tenants: readonly Pick<TenantRow, 'name'>[]
}

/** Where the counters of one table lie. Threads get it with the table. */
export interface SlotPlan {
  /** By a limit's `counter`: the first cell of each page of its counters. */
  readonly pages: Readonly<Record<string, readonly number[]>>
  /** By a limit's `counter`: a number of its own, for counters that are kept by address. */
  readonly numbers: Readonly<Record<string, number>>
  /** By the position of a key or tenant: its number among all that there ever were. */
  readonly keySlots: Int32Array
  readonly tenantSlots: Int32Array
}

/**
 * Gives counters their places by name, so that they survive a change of the table. The main thread keeps it: a name that
 * goes and comes back finds its counters as they were.
 */
export interface SlotBook {
  /**
   * @param ids Those of its keys; left out, they are in the table.
   * @returns The places for a table, or null when it needs more cells than there are. Then nothing has changed.
   */
  readonly plan: (table: CountedTable, ids?: TextColumn) => SlotPlan | null
  readonly cellsUsed: () => number
}

/** @param cellsMax Cells of the shared memory. */
export function createSlotBook(cellsMax: number): SlotBook {
  const keySlots = createKeySlots()
  const tenantSlots = new Map<string, number>()
  const pages = new Map<string, number[]>()
  const numbers = new Map<string, number>()
  let cells = 0

  /** By counter: how many pages more it needs for the subjects that there are then. */
  const missingPages = ({ tenants, limits }: CountedTable, keys: number): Map<string, number> => {
    const subjects: Readonly<Record<LimitSubject, number>> = {
      key: keys,
      tenant: sizeWith(
        tenantSlots,
        tenants.map(({ name }) => name),
      ),
      address: 0,
      everyone: 1,
    }
    return new Map(
      limits.map(({ counter, per }) => {
        const wanted = Math.ceil(subjects[per] / PAGE_CELLS)
        return [counter, Math.max(0, wanted - (pages.get(counter)?.length ?? 0))]
      }),
    )
  }
  const addPages = (counter: string, count: number): void => {
    const own = pages.get(counter) ?? []
    pages.set(counter, own)
    for (let i = 0; i < count; i++) {
      own.push(cells)
      cells += PAGE_CELLS
    }
  }

  return {
    cellsUsed: () => cells,
    plan: (table, ids = idsOf(table)) => {
      const found = keySlots.find(ids)
      const missing = missingPages(table, found.size)
      const count = [...missing.values()].reduce((sum, one) => sum + one, 0)
      if (cells + count * PAGE_CELLS > cellsMax) return null
      for (const [counter, more] of missing) addPages(counter, more)
      for (const counter of missing.keys()) slotOf(numbers, counter)
      keySlots.keep(found)
      return {
        keySlots: found.slots,
        tenantSlots: Int32Array.from(table.tenants, (tenant) => slotOf(tenantSlots, tenant.name)),
        pages: Object.fromEntries([...pages].map(([counter, own]) => [counter, [...own]])),
        numbers: Object.fromEntries(numbers),
      }
    },
  }
}

/** How many cells a table needs that is the first of its book. */
export function cellsNeeded(table: CountedTable, ids?: TextColumn): number {
  const book = createSlotBook(Infinity)
  book.plan(table, ids)
  return book.cellsUsed()
}

function sizeWith(slots: ReadonlyMap<string, number>, names: readonly string[]): number {
  return slots.size + new Set(names.filter((name) => !slots.has(name))).size
}

function slotOf(slots: Map<string, number>, name: string): number {
  const known = slots.get(name)
  if (known !== undefined) return known
  slots.set(name, slots.size)
  return slots.size - 1
}
