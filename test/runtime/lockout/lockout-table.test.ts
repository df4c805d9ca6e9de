import { expect, test } from 'vitest'
import {
  BY_ADDRESS,
  BY_KEY_PREFIX,
  countBans,
  createLockoutMemory,
  createLockoutTable,
  type LockoutTable,
} from '../../../runtime/lockout/lockout-table.ts'

const ROW = { failures: 3, windowMs: 60_000, banMs: 600_000 }
const MAPPED_WORD = 0xffff
const FLOOD = 1_000_000
const FLOOD_CALLS = 100_000
/** Generous, because the machine may be busy: what is looked for is something that grows. */
const GROWTH_MAX = 5

function addressOf(number: number): Int32Array {
  return Int32Array.of(0, 0, MAPPED_WORD, number)
}

function failTimes(table: LockoutTable, words: Int32Array, times: number, nowMs: number): void {
  for (let i = 0; i < times; i++) table.fail(words, BY_ADDRESS, nowMs, ROW)
}

function createTable() {
  const memory = createLockoutMemory()
  return { memory, table: createLockoutTable(memory, 0) }
}

test('the last failure that is allowed changes nothing, the next begins the ban', () => {
  const { memory, table } = createTable()
  failTimes(table, addressOf(1), 2, 1000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 1000)).toBe(0)
  failTimes(table, addressOf(1), 1, 2000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 2000)).toBe(600_000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 601_999)).toBe(1)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 602_000)).toBe(0)
  expect(countBans(memory)).toEqual({ address: 1, 'key-prefix': 0 })
})

test('failures count from the first one on for a window, and then anew', () => {
  const { table } = createTable()
  failTimes(table, addressOf(1), 2, 0)
  failTimes(table, addressOf(1), 1, 60_000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 60_000)).toBe(0)
  failTimes(table, addressOf(1), 2, 119_999)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 119_999)).toBe(600_000)
})

test('attempts during a ban neither count nor make it longer', () => {
  const { memory, table } = createTable()
  failTimes(table, addressOf(1), 3, 0)
  failTimes(table, addressOf(1), 50, 300_000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 300_000)).toBe(300_000)
  failTimes(table, addressOf(1), 2, 600_000)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 600_000)).toBe(0)
  expect(countBans(memory).address).toBe(1)
})

test('subjects count apart, and so do an address and a key prefix with the same words', () => {
  const { table } = createTable()
  failTimes(table, addressOf(1), 3, 0)
  expect(table.banLeftMs(addressOf(2), BY_ADDRESS, 0)).toBe(0)
  expect(table.banLeftMs(addressOf(1), BY_KEY_PREFIX, 0)).toBe(0)
})

test('all threads see what one counts', () => {
  const { memory, table } = createTable()
  const other = createLockoutTable(memory, 1)
  failTimes(table, addressOf(1), 2, 0)
  failTimes(other, addressOf(1), 1, 0)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 0)).toBe(600_000)
})

test('what a thread that died has locked is opened', () => {
  const { memory, table } = createTable()
  const locks = new Int32Array(memory, 0, 8192)
  locks.fill(5)
  table.forgetThread(4)
  failTimes(table, addressOf(1), 3, 0)
  expect(table.banLeftMs(addressOf(1), BY_ADDRESS, 0)).toBe(600_000)
})

test('a million addresses that fail leave those locked out who were, and cost each request the same', () => {
  const { memory, table } = createTable()
  const banned = Array.from({ length: 1000 }, (_, i) => addressOf(0x0a00_0000 + i))
  for (const words of banned) failTimes(table, words, 3, 0)
  const nearly = addressOf(0x0b00_0000)
  failTimes(table, nearly, 2, 0)

  const nanoseconds: number[] = []
  for (let from = 0; from < FLOOD; from += FLOOD_CALLS) {
    const startMs = performance.now()
    for (let i = from; i < from + FLOOD_CALLS; i++) {
      const words = addressOf(i)
      if (table.banLeftMs(words, BY_ADDRESS, 1 + i / 100) === 0) table.fail(words, BY_ADDRESS, 1 + i / 100, ROW)
    }
    nanoseconds.push(((performance.now() - startMs) * 1e6) / FLOOD_CALLS)
  }
  const nowMs = 1 + FLOOD / 100
  const left = banned.filter((words) => table.banLeftMs(words, BY_ADDRESS, nowMs) > 0)
  process.stdout.write(
    `lockout: ${FLOOD} addresses in ${memory.byteLength} bytes; ${left.length} of ${banned.length} bans kept; ` +
      `ns a failure: first ${nanoseconds[0]?.toFixed(0)}, last ${nanoseconds.at(-1)?.toFixed(0)}\n`,
  )
  expect(left.length).toBe(banned.length)
  expect(countBans(memory).address).toBe(banned.length)
  expect(memory.byteLength).toBeLessThan(4_000_000)
  // Once all code is compiled and all places are taken.
  expect(nanoseconds.at(-1)).toBeLessThan((nanoseconds[2] ?? 0) * GROWTH_MAX)
  // Two failures are worth more than one of somebody new.
  failTimes(table, nearly, 1, nowMs)
  expect(table.banLeftMs(nearly, BY_ADDRESS, nowMs)).toBe(600_000)
})

test('where all in a bucket are locked out, the one who is free the soonest gives way', () => {
  const { table } = createTable()
  const many = Array.from({ length: 200_000 }, (_, i) => addressOf(i))
  many.forEach((words, i) => failTimes(table, words, 3, i / 1000))
  const last = many.slice(-1000)
  expect(last.every((words) => table.banLeftMs(words, BY_ADDRESS, 200) > 0)).toBe(true)
})
