import type { GatewayTable, LimitRow } from '../../schemas/table.ts'

/** Counters of one limit that lie side by side. */
export const PAGE_CELLS = 256
export const PAGE_CELLS_LOG2 = 8

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
   * @returns The places for a table, or null when it needs more cells than there are.
   */
  readonly plan: (table: GatewayTable) => SlotPlan | null
  readonly cellsUsed: () => number
}

/** @param cellsMax Cells of the shared memory. */
export function createSlotBook(cellsMax: number): SlotBook {
  const keySlots = new Map<string, number>()
  const tenantSlots = new Map<string, number>()
  const pages = new Map<string, number[]>()
  const numbers = new Map<string, number>()
  let cells = 0

  const subjectsOf = (limit: LimitRow): number => {
    if (limit.per === 'address') return 0
    if (limit.per === 'everyone') return 1
    return limit.per === 'key' ? keySlots.size : tenantSlots.size
  }

  return {
    cellsUsed: () => cells,
    plan: (table) => {
      const planned = {
        keySlots: Int32Array.from(table.keys, (key) => slotOf(keySlots, key.id)),
        tenantSlots: Int32Array.from(table.tenants, (tenant) => slotOf(tenantSlots, tenant.name)),
      }
      for (const limit of table.limits) {
        slotOf(numbers, limit.counter)
        const own = pages.get(limit.counter) ?? []
        pages.set(limit.counter, own)
        while (own.length * PAGE_CELLS < subjectsOf(limit)) {
          if (cells + PAGE_CELLS > cellsMax) return null
          own.push(cells)
          cells += PAGE_CELLS
        }
      }
      return { ...planned, pages: Object.fromEntries(pages), numbers: Object.fromEntries(numbers) }
    },
  }
}

function slotOf(slots: Map<string, number>, name: string): number {
  const known = slots.get(name)
  if (known !== undefined) return known
  slots.set(name, slots.size)
  return slots.size - 1
}
