import { expect, test } from 'vitest'
import { table } from '../../../examples/quickstart/table.ts'
import { tableFacts } from '../../../runtime/observe/table-facts.ts'

test('operators are told which table it is and how large', () => {
  expect(tableFacts(table, { builtAt: null, loadedMs: 0, threads: 2 })).toEqual({
    gateway: 'quickstart',
    configHash: table.configHash,
    builtAt: null,
    loadedAt: '1970-01-01T00:00:00.000Z',
    threads: 2,
    counts: { apis: 2, routes: 3, upstreams: 1, tenants: 1, keys: 2, classes: 2, limits: 2, secrets: 0 },
  })
})

test('nothing of what a table holds is told', () => {
  const text = JSON.stringify(tableFacts(table, { builtAt: null, loadedMs: 0, threads: 1 }))
  for (const { sha256 } of table.digests) expect(text).not.toContain(sha256)
  for (const { id } of table.keys) expect(text).not.toContain(id)
})
