import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** `npm run test:mutants` takes minutes; this says at once that one of them is to be written anew. */
test.each(MUTANTS)('$name can be made, and has tests', ({ row, tests, replacement: { file, from, to } }) => {
  expect(readFileSync(resolve(ROOT, file), 'utf8').split(from)).toHaveLength(2)
  expect(to).not.toBe(from)
  expect(existsSync(resolve(ROOT, `test/${tests}.test.ts`))).toBe(true)
  if (row !== null) expect(row).toBeGreaterThan(0)
})

test('no two of them have one name', () => {
  const names = MUTANTS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
