import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { isWellFormedKey, keyHeads } from '../../runtime/identity/key-form.ts'
import { KEY_PREFIX, makeKeys } from './keys.ts'

test('every key is one that the runtime takes for well-formed', () => {
  const keys = makeKeys(200)
  expect(keys.filter(({ secret }) => !isWellFormedKey(secret, keyHeads(KEY_PREFIX, ['test'])))).toEqual([])
})

test('a digest is that of its secret', () => {
  for (const { secret, digest } of makeKeys(3)) {
    expect(digest).toBe(`sha256:${createHash('sha256').update(secret).digest('hex')}`)
  }
})

test('keys are the same in every run, and no two are', () => {
  expect(makeKeys(100)).toEqual(makeKeys(100))
  expect(new Set(makeKeys(100).map(({ secret }) => secret)).size).toBe(100)
})
