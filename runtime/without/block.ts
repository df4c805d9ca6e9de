import type { checkBlock as realCheck, checkBlockBody as realBody } from '../block/check-block.ts'
import { absent } from './absent.ts'

/** For a table that looks for no attacks. */
export const checkBlock: typeof realCheck = () => absent('block rules')
export const checkBlockBody: typeof realBody = () => absent('block rules')
