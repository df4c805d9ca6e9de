import { expect, test } from 'vitest'
import type { LogFacts } from '../../runtime/observe/log-line.ts'
import { createRecord } from '../../runtime/record.ts'
import type { Answer } from '../../runtime/answer.ts'
import { createDecider } from '../support/decider.ts'

const CONFIG = `version: 1
gateway: { name: records, listen: "127.0.0.1:8080" }
upstreams:
  things: { targets: [http://127.0.0.1:9000] }
apis:
  things: { basePath: /things, upstream: things, access: public, limits: { rate: 60/min, per: address }, routes: { GET /: {} } }
`

test('a request is logged under its route, one whose method is refused under none', async () => {
  expect([await routeLogged('GET'), await routeLogged('DELETE')]).toEqual(['GET /things', null])
})

async function routeLogged(method: string): Promise<string | null> {
  const decide = await createDecider(CONFIG)
  const exchange = decide({ method, url: '/things' })
  exchange.code = exchange.refusal?.code ?? null
  const logged: LogFacts[] = []
  const observer = {
    begin: () => undefined,
    end: () => undefined,
    countBug: () => undefined,
    record: (_: unknown, facts: LogFacts) => void logged.push(facts),
  }
  // Safe: a record reads no more of an answer than this.
  createRecord(observer, () => 0)({ exchange, bytesIn: 0, bytesOut: 0 } as Answer)
  expect(logged).toHaveLength(1)
  return logged[0]?.route ?? null
}
