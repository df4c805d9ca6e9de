import { expect, test } from 'vitest'
import { createExchange } from '../../runtime/exchange.ts'
import { decide } from '../../runtime/decide.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import { limitFields } from '../../runtime/limit-fields.ts'
import { makeKeys } from './keys.ts'
import { loadMicroTable } from './micro-table.ts'
import { ITEM_PATH } from './workloads.ts'

test('every caller of the table in process is let through, counted for itself', async () => {
  const keys = makeKeys(300)
  const table = await loadMicroTable(keys)
  const address = createKnownAddresses().ofPeer(new ArrayBuffer(4))
  const exchanges = keys.map((key) => {
    const exchange = createExchange(table, address, Date.now(), performance.now())
    exchange.method = 'GET'
    exchange.path = ITEM_PATH
    exchange.credential = key.secret
    decide(exchange)
    return exchange
  })
  expect(exchanges.map(({ refusal }) => refusal)).toEqual(keys.map(() => null))
  expect(exchanges.map(({ caller }) => caller?.id)).toEqual(keys.map(({ id }) => id))
  expect(new Set(exchanges.map(limitFields)).size).toBe(1)
  expect(exchanges.map(({ takenLimits }) => takenLimits)).toEqual(keys.map(() => 1))
})
