import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { fetchText, isTrustedUrl, reasonOf } from '../../../runtime/identity/fetch-text.ts'

let server: Server | null = null

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener)
  server = started
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done))
  // Safe: it listens on a port.
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`
}

async function reasonFor(url: string, timeoutMs = 2000): Promise<string> {
  try {
    return `no reason: ${await fetchText(url, { timeoutMs })}`
  } catch (error) {
    return reasonOf(error)
  }
}

test('what a provider says is read', async () => {
  const url = await serve((request, response) => response.end(`${request.method} ${request.headers.accept}`))
  expect(await fetchText(url, { timeoutMs: 2000 })).toBe('GET application/json')
})

test('a redirect is not followed', async () => {
  let followed = 0
  const url = await serve((request, response) => {
    if (request.url === '/elsewhere') followed++
    response.writeHead(302, { location: '/elsewhere' }).end('{}')
  })
  expect(await reasonFor(url)).toBe('it answered with status 302')
  expect(followed).toBe(0)
})

test('no more than 64 KB are read', async () => {
  let sent = 0
  const url = await serve((_, response) => {
    const more = (): void => {
      sent += 16_384
      if (!response.destroyed && sent < 50_000_000) response.write('x'.repeat(16_384), more)
    }
    more()
  })
  expect(await reasonFor(url)).toBe('it answered with more than 65536 bytes')
  expect(sent).toBeLessThan(50_000_000)
})

test('a provider that does not answer is not waited for', async () => {
  const url = await serve(() => undefined)
  expect(await reasonFor(url, 50)).toBe('it did not answer in time')
})

test('a provider that stops in the middle is not waited for', async () => {
  const url = await serve((_, response) => void response.write('{'))
  expect(await reasonFor(url, 50)).toBe('it did not answer in time')
})

test('a provider that is not there is told of', async () => {
  const url = await serve(() => undefined)
  server?.close()
  expect(await reasonFor(url)).toBe('it cannot be reached (ECONNREFUSED)')
})

test.each([
  ['https://id.example.com/jwks', true],
  ['http://127.0.0.1:8000/jwks', true],
  ['http://127.1.2.3/', true],
  ['http://localhost:8000/', true],
  ['http://[::1]:8000/', true],
  ['http://id.example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://localhost.example.com/', false],
  ['http://10.0.0.1/', false],
  ['http://[::ffff:10.0.0.1]/', false],
  ['https://user:password@id.example.com/', false],
  ['ftp://127.0.0.1/', false],
  ['file:///etc/passwd', false],
  ['id.example.com', false],
])('%s is trusted: %s', async (url, isTrusted) => {
  expect(isTrustedUrl(url)).toBe(isTrusted)
  if (!isTrusted) expect(await reasonFor(url)).toBe('its address is neither https nor on this machine')
})
