import type { Forever } from '../../schemas/table.ts'

/** Stands for "has no end". */
export const FOREVER: Forever = 8_640_000_000_000_000
