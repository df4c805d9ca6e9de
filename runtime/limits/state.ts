import { createAddressTable, addressTableBytes, type AddressTable } from './address-table.ts'
import { createLockoutMemory, createLockoutTable, type LockoutTable } from '../lockout/lockout-table.ts'
import type { SlotPlan } from './slots.ts'

/** The memory that all threads count in. */
export interface LimitMemory {
  readonly cells: SharedArrayBuffer
  readonly inFlight: SharedArrayBuffer
  readonly addresses: SharedArrayBuffer
  /** Failed authentications. */
  readonly lockouts: SharedArrayBuffer
}

/** One thread's view of it. */
export interface LimitState {
  /** What rates and quotas have used: the bits of a double in each, so that they can be compared and exchanged. */
  readonly cells: BigInt64Array
  /** Requests in flight: for each cell one count a thread. */
  readonly inFlight: Int32Array
  readonly addresses: AddressTable
  readonly lockouts: LockoutTable
  readonly thread: number
  readonly threads: number
  readonly plan: SlotPlan
  /** One double and its bits, to turn one into the other. */
  readonly double: Float64Array
  readonly bits: BigInt64Array
}

const CELLS_MIN = 65_536
const BYTES_PER_CELL = 8
const BYTES_PER_COUNT = 4
/** Memory that nothing was written to costs nothing, so that there is room for the tables to come. */
const GROWTH = 4

/** @param cells Cells that the first table needs. */
export function createLimitMemory(cells: number, threads: number): LimitMemory {
  const room = Math.max(CELLS_MIN, cells * GROWTH)
  return {
    cells: new SharedArrayBuffer(room * BYTES_PER_CELL),
    inFlight: new SharedArrayBuffer(room * threads * BYTES_PER_COUNT),
    addresses: new SharedArrayBuffer(addressTableBytes()),
    lockouts: createLockoutMemory(),
  }
}

export function cellsOf(memory: LimitMemory): number {
  return memory.cells.byteLength / BYTES_PER_CELL
}

export function viewLimits(memory: LimitMemory, plan: SlotPlan, thread: number, threads: number): LimitState {
  const double = new Float64Array(1)
  return {
    cells: new BigInt64Array(memory.cells),
    inFlight: new Int32Array(memory.inFlight),
    addresses: createAddressTable(memory.addresses, thread),
    lockouts: createLockoutTable(memory.lockouts, thread),
    thread,
    threads,
    plan,
    double,
    bits: new BigInt64Array(double.buffer),
  }
}

/** Forgets what a thread that died had in flight. */
export function clearThread(memory: LimitMemory, thread: number, threads: number): void {
  const inFlight = new Int32Array(memory.inFlight)
  for (let i = thread; i < inFlight.length; i += threads) if (inFlight[i] !== 0) Atomics.store(inFlight, i, 0)
  createAddressTable(memory.addresses, thread).forgetThread(thread)
  createLockoutTable(memory.lockouts, thread).forgetThread(thread)
}
