import type { keepRevocations as real } from '../revocations/keeper.ts'
import { absent } from './absent.ts'

/** For a table that names no file of revocations. */
export const keepRevocations: typeof real = () => absent('revocations')
