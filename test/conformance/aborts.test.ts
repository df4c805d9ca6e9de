import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until, type TestGateway } from '../support/running-gateway.ts'
import { startOpenGateway } from './support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn } from './support/raw-client.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from './support/recording-upstream.ts'

const SLOTS = 2

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request) =>
    targetOf(request).startsWith('GET /counted/') ? null : ok('here'),
  )
  gateway = await startOpenGateway(upstream.url, {
    timeouts: '{ connect: 1s, response: 20s, idle: 20s }',
    routes: `ANY /{rest...}: {}\nANY /counted/{rest...}: { limits: { concurrency: ${SLOTS}, per: everyone } }`,
  })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

function sending(path: string): Socket {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  socket.resume().write(get(path))
  return socket
}

test.each<[how: string, leave: (socket: Socket) => void]>([
  ['with a reset', (socket) => void socket.resetAndDestroy()],
  ['with an end', (socket) => void socket.end()],
])('the place of a caller that leaves %s while it waits is free again', async (_, leave) => {
  const held = Array.from({ length: SLOTS }, (_, i) => sending(`/counted/${i}`))
  await until(() => upstream.targets().length === SLOTS)
  const refused = await sendRaw(gateway.port, get('/counted/more'), { until: answered(1) })
  expect(statusesIn(refused)).toEqual([429])
  for (const socket of held) leave(socket)
  await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  const again = sending('/counted/again')
  await until(() => upstream.targets().includes('GET /counted/again'))
  again.destroy()
  await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
})

test('a caller that waits for 100 gets it from the gateway, and the upstream is not asked for one', async () => {
  const head = 'POST /expects HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n'
  const result = await sendRaw(gateway.port, [head, 'abc'], { gapMs: 50, until: answered(1) })
  expect(result.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
  expect(statusesIn(result)).toEqual([200])
  expect(upstream.requests()[0]?.fields.map(([name]) => name)).not.toContain('expect')
})
