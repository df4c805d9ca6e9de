import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startTestGateway } from '../support/running-gateway.ts'

/** With a limit for each route they need more counters than there is room for unless the first table makes it. */
const KEYS = 4000
const ROUTES = 16
/** A secret of another system, so that the test need not make checksums. */
const SECRET = 'another-systems-secret-0123456789'

test('a table that needs more counters than the least is served, each key counted for itself', async () => {
  const upstream = createServer((_, response) => void response.end('{}')).listen(0, '127.0.0.1')
  await new Promise((done) => upstream.once('listening', done))
  // Safe: a TCP server that listens has an address of this kind.
  const { port } = upstream.address() as AddressInfo
  const gateway = await startTestGateway(configOf(KEYS), { targets: { things: [`http://127.0.0.1:${port}`] } })
  try {
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/things/0`, { headers: { 'x-api-key': SECRET } })
      statuses.push(response.status)
    }
    expect(statuses).toEqual([200, 200, 429])
  } finally {
    await gateway.stop()
    upstream.close()
  }
})

function configOf(count: number): string {
  const others = Array.from({ length: count - 1 }, (_, i) => keyLine(`key-${i}`, `secret ${i}`))
  return `version: 1
gateway:
  name: many
  listen: 127.0.0.1:8080
  keys: { prefix: many }
upstreams:
  things: { targets: [http://127.0.0.1:9000] }
scopes: { "things:read": Read things }
plans:
  small: { quota: 100/day }
apis:
  things:
    basePath: /things
    upstream: things
    access: authenticated
    routes:
${Array.from({ length: ROUTES }, (_, i) => `      GET /${i}: { scope: "things:read", limits: { rate: 2/h } }`).join('\n')}
tenants:
  one:
    plan: small
    keys:
${[...others, keyLine('last', SECRET)].join('\n')}
`
}

function keyLine(id: string, secret: string): string {
  const digest = createHash('sha256').update(secret).digest('hex')
  return `      ${id}: { digest: "sha256:${digest}", scopes: ["things:read"], imported: true, expires: 2099-01-01 }`
}
