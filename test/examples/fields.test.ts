import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import demoKeys from '../../examples/fields/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { startTestGateway } from '../support/running-gateway.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

type Key = keyof typeof demoKeys.keys

const ORDER =
  '{"id":12345678901234567890,"status":"p\\u0061id","total":9.90,"margin":1e-2,"customer":{"name":"Jane","phone":"1"},' +
  '"items":[{"sku":"a","quantity":1.0,"cost":3},{"sku":"b","cost":4}]}'
const FOR_ALL = '{"id":12345678901234567890,"status":"p\\u0061id","items":[{"sku":"a","quantity":1.0},{"sku":"b"}]}'
const FOR_SUPPORT = FOR_ALL.replace(',"items"', ',"customer":{"name":"Jane"},"items"')
const ORDERS_IN_LARGE = 6_000

/** An upstream with an answer for each order. */
const upstream: RequestListener = (request, response) => {
  const json = { 'content-type': 'application/json', etag: '"1"' }
  const answers: Readonly<Record<string, () => unknown>> = {
    '/orders': () => response.writeHead(200, json).end(`[${ORDER},${ORDER}]`),
    '/orders/7': () => response.writeHead(200, json).end(ORDER),
    '/orders/7/status': () => response.writeHead(200, json).end(ORDER),
    '/orders/page': () => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Jane</p>'),
    '/orders/events': () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${ORDER}\n\n`),
    '/orders/coded': () => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(ORDER)),
    '/orders/cut': () => response.writeHead(200, json).end(ORDER.slice(0, -1)),
    '/orders/missing': () => response.writeHead(404, json).end('{"detail":"Jane has no such order"}'),
    '/orders/many': () => {
      response.writeHead(200, json)
      for (let i = 0; i < ORDERS_IN_LARGE; i++) response.write(`${i === 0 ? '[' : ','}${ORDER}`)
      response.end(']')
    },
    '/orders/asked': () => {
      const asked = [request.headers['accept-encoding'], request.headers.range]
      response.writeHead(200, json).end(JSON.stringify({ id: asked }))
    },
    '/orders/streamed': () => {
      response.writeHead(200, json)
      const bytes = Buffer.from(ORDER)
      let at = 0
      const timer = setInterval(() => {
        response.write(bytes.subarray(at, at + 20))
        at += 20
        if (at < bytes.length) return
        clearInterval(timer)
        response.end()
      }, 2)
    },
  }
  answers[request.url ?? '']?.()
}

test('a caller sees what its scopes show, at every way an upstream may answer', async () => {
  const server = createServer(upstream).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Safe: a server that listens on a port has one.
  const { port } = server.address() as AddressInfo
  const yaml = readFileSync('examples/fields/gateway.yaml', 'utf8')
  const gateway = await startTestGateway(yaml, { targets: { shop: [`http://127.0.0.1:${port}`] } })
  onTestFinished(async () => {
    await gateway.stop()
    server.close()
    server.closeAllConnections()
  })
  const ask = async (path: string, key: Key = 'shop-web', method = 'GET'): Promise<[number, string, Headers]> => {
    const headers = { 'x-api-key': demoKeys.keys[key].secret, range: 'bytes=0-4' }
    const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, { method, headers })
    return [answer.status, await answer.text(), answer.headers]
  }
  const shown = async (path: string, key?: Key): Promise<string> => (await ask(path, key))[1]

  expect(await shown('/orders/7')).toBe(FOR_ALL)
  expect(await shown('/orders/7', 'shop-support')).toBe(FOR_SUPPORT)
  expect(await shown('/orders')).toBe(`[${FOR_ALL},${FOR_ALL}]`)
  expect(await shown('/orders/streamed', 'shop-support')).toBe(FOR_SUPPORT)
  expect(await shown('/orders/7/status', 'shop-support')).toBe('{"status":"p\\u0061id"}')
  expect(await shown('/orders/asked')).toBe('{"id":["identity",null]}')

  const [status, , headers] = await ask('/orders/7', 'shop-web', 'HEAD')
  expect([status, headers.get('content-length'), headers.get('etag')]).toEqual([200, null, null])

  for (const path of ['/orders/page', '/orders/events', '/orders/coded', '/orders/cut', '/orders/many']) {
    const [refused, body] = await ask(path, 'shop-support')
    expect([path, refused, JSON.parse(body).code]).toEqual([path, 502, 'upstream-broken'])
  }
  const [missing, body] = await ask('/orders/missing', 'shop-support')
  expect([missing, JSON.parse(body).code]).toEqual([404, 'upstream-refused'])
  expect(body).not.toContain('Jane')
  expect(gateway.told).toEqual([])
})

test('the stub shows the example as it stands', async () => {
  const { base } = await serveKeysmith(['--stub'], { cwd: exampleCopy('fields') })
  const ask = async (key: Key): Promise<unknown> =>
    (await fetch(`${base}/orders/7`, { headers: { 'x-api-key': demoKeys.keys[key].secret } })).json()
  expect(await ask('shop-web')).toEqual({ upstream: 'shop', path: '/orders/7' })
  expect(await ask('shop-support')).toEqual({
    upstream: 'shop',
    path: '/orders/7',
    caller: {
      'x-keysmith-key': 'shop-support',
      'x-keysmith-tenant': 'shop',
      'x-keysmith-scopes': 'orders:read orders:pii',
    },
  })
})
