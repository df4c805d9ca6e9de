import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn } from '../support/raw-client.ts'
import { startRecordingUpstream } from '../support/recording-upstream.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(threads: number, ...ports: readonly number[]): Promise<TestGateway> {
  const upstream = await startRecordingUpstream()
  closing.push(upstream.close)
  const gateway = await startOpenGateway(upstream.url, {}, { threads, listen: listenOn(...ports) })
  closing.push(gateway.stop)
  return gateway
}

function listenOn(...ports: readonly number[]) {
  return (ports.length === 0 ? [0] : ports).map((port) => ({ host: '127.0.0.1', port }))
}

describe('row 18: two gateways on one port are a mistake, and the second one says so', () => {
  test.each([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ])('of %i threads and of %i', async (firstThreads, secondThreads) => {
    const first = await start(firstThreads)
    const second = await start(secondThreads, first.port).catch((error: unknown) => error)
    expect(second).toMatchObject({ name: 'StartFault' })
    expect(String(second)).toContain(`127.0.0.1:${first.port} cannot be listened on: it is in use`)
    // The first one has all the connections: not one was taken by what was refused.
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const results = await Promise.all(
      Array.from({ length: 20 }, () => sendRaw(first.port, request, { until: answered(1) })),
    )
    expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [200]))
  })

  test.each([1, 2])('a port that another program has is as good as taken, for %i threads', async (threads) => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => other.once('listening', done))
    closing.push(() => new Promise((done) => other.close(done)))
    const address = other.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const refused = await start(threads, address.port).catch((error: unknown) => error)
    expect(String(refused)).toContain(`127.0.0.1:${address.port} cannot be listened on`)
  })

  test.each([1, 2])('a gateway of %i threads that has one address of two listens on none', async (threads) => {
    const first = await start(1)
    const free = await freePort()
    const refused = await start(threads, free, first.port).catch((error: unknown) => error)
    expect(String(refused)).toContain(`127.0.0.1:${first.port} cannot be listened on`)
    expect((await start(1, free)).port).toBe(free)
  })

  test('a gateway may listen on several addresses, with several threads', async () => {
    const gateway = await start(2, 0, 0)
    expect(gateway.ports).toHaveLength(2)
    for (const port of gateway.ports) {
      const results = await Promise.all(
        Array.from({ length: 10 }, () => sendRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { until: answered(1) })),
      )
      expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [200]))
    }
  })

  test('a port is free again once its gateway has stopped, connections that lasted or not', async () => {
    const first = await start(1)
    await sendRaw(first.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { until: answered(1) })
    await first.stop()
    closing.pop()
    const second = await start(1, first.port)
    expect(second.port).toBe(first.port)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((done) => server.close(done))
  return address.port
}
