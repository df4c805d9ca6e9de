import type { holdAnswer as realHold, takeHeldPiece as realTake } from '../filter-fields.ts'
import { absent } from './absent.ts'

/** For a table whose answers all go through whole. */
export const holdAnswer: typeof realHold = () => absent('fields')
export const takeHeldPiece: typeof realTake = () => absent('fields')
