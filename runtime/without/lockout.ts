import type {
  checkLockout as realCheck,
  countFailure as realCount,
  createLockout as realCreate,
} from '../lockout/lockout.ts'
import { absent } from './absent.ts'

/** For a table that locks nobody out. */
export const createLockout: typeof realCreate = () => absent('lock-outs')
export const checkLockout: typeof realCheck = ({ table }) => (table.lockout === null ? null : absent('lock-outs'))
export const countFailure: typeof realCount = ({ table }, refusal) =>
  table.lockout === null ? refusal : absent('lock-outs')
