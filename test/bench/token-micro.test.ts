import { expect, test } from 'vitest'
import { createTokenBench } from './token-table.ts'
import { runTokenMicro } from './token-micro.ts'

test('a token that was seen before costs a small part of one that was not, whatever its algorithm', async () => {
  const results = runTokenMicro(await createTokenBench())
  expect(results.map(({ name }) => name)).toEqual([
    'RS256 token, grant and limit, token seen before',
    'RS256 token, grant and limit, token not seen',
    'ES256 token, grant and limit, token seen before',
    'ES256 token, grant and limit, token not seen',
  ])
  const [knownRsa = 0, freshRsa = 0, knownEc = 0, freshEc = 0] = results.map(({ nanosPerRequest }) => nanosPerRequest)
  expect(knownRsa * 3).toBeLessThan(freshRsa)
  expect(knownEc * 3).toBeLessThan(freshEc)
})
