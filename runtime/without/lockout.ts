import type {
  checkLockout as realCheck,
  countFailure as realCount,
  createLockout as realCreate,
} from '../lockout/lockout.ts'
import type {
  countBans as realBans,
  createLockoutMemory as realMemory,
  createLockoutTable as realTable,
} from '../lockout/lockout-table.ts'
import { absent } from './absent.ts'

/** For a table that locks nobody out. */
export const createLockout: typeof realCreate = () => absent('lock-outs')
export const checkLockout: typeof realCheck = ({ table }) => (table.lockout === null ? null : absent('lock-outs'))
export const countFailure: typeof realCount = ({ table }, refusal) =>
  table.lockout === null ? refusal : absent('lock-outs')

export const createLockoutMemory: typeof realMemory = () => new SharedArrayBuffer(0)
export const countBans: typeof realBans = () => ({ address: 0, 'key-prefix': 0 })
export const createLockoutTable: typeof realTable = () => ({
  banLeftMs: () => absent('lock-outs'),
  fail: () => absent('lock-outs'),
  forgetThread: () => undefined,
})
