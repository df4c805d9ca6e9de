import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendInTurn, sendRaw, statusesIn } from '../support/raw-client.ts'
import { valuesOf } from '../support/read-http.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request, { socket }) => {
    if (targetOf(request) !== 'GET /slow') return ok('here')
    setTimeout(() => socket.write(ok('late')), 100)
    return null
  })
  gateway = await startOpenGateway(upstream.url, { routes: 'ANY /things/{rest...}: {}\nGET /slow: {}' })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

describe('row 16: what a PROXY header says of the caller is not believed', () => {
  /** Version 2, PROXY, TCP over IPv4, from 9.9.9.9 to 1.2.3.4. */
  const proxied = Buffer.from('0d0a0d0a000d0a515549540a2111000c0909090901020304005000 50'.replace(' ', ''), 'hex')
  const addresses = (): string[] => upstream.requests().flatMap((request) => valuesOf(request, 'x-forwarded-for'))

  test('before the first request', async () => {
    const bytes = Buffer.concat([proxied, Buffer.from(get('/things/1'))])
    expect(statusesIn(await sendRaw(gateway.port, bytes, { until: answered(1) }))).toEqual([200])
    expect(addresses()).toEqual(['127.0.0.1'])
  })

  test('before a later one', async () => {
    const later = Buffer.concat([proxied, Buffer.from(get('/things/2'))])
    await sendInTurn(gateway.port, [get('/things/1'), later], [], { waitMs: 500 })
    expect(addresses()).not.toContain('9.9.9.9')
    await until(() => gateway.log().length >= 2)
    expect(new Set(gateway.log().map(({ address }) => address))).toEqual(new Set(['127.0.0.1']))
  })
})

describe('row 17: a caller that does not wait for its answer loses its connection, and nobody else does', () => {
  test('behind a request that is forwarded', async () => {
    const [impatient, patient] = await Promise.all([
      sendRaw(gateway.port, get('/slow') + get('/things/2')),
      sendRaw(gateway.port, get('/slow'), { until: answered(1) }),
    ])
    expect([impatient.text, impatient.ended]).toEqual(['', 'end'])
    expect(statusesIn(patient)).toEqual([200])
    expect(upstream.targets()).not.toContain('GET /things/2')
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  })

  test('behind one that is answered at once, the next is answered as well', async () => {
    const result = await sendRaw(gateway.port, get('/nothing') + get('/nothing-either'), { until: answered(2) })
    expect(statusesIn(result)).toEqual([404, 404])
  })

  test('one that waits may ask any number of times', async () => {
    const parts = Array.from({ length: 20 }, (_, i) => get(`/things/${i}`))
    const result = await sendInTurn(gateway.port, parts)
    expect(statusesIn(result)).toEqual(parts.map(() => 200))
  })

  test('the end of what a caller sends is the end of its request', async () => {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end(get('/slow'))
    const ended = new Promise((done) => socket.once('close', done))
    socket.resume().on('error', () => undefined)
    await ended
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  })
})
