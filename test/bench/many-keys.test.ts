import { expect, test } from 'vitest'
import { manyKeysLine, measureManyKeys } from './many-keys.ts'

const KEYS = 5000

test('thousands of keys from a file are compiled, loaded and found', { timeout: 60_000 }, async () => {
  const result = await measureManyKeys(KEYS)
  process.stdout.write(`${manyKeysLine(result)}\n`)
  expect(result.keys).toBe(KEYS)
  expect(result.lookUpNanos).toBeGreaterThan(0)
})
