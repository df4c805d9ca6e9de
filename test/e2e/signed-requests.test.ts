import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestGateway, until } from '../support/running-gateway.ts'
import { signRequest, type SignedRequest } from '../support/sign-request.ts'
import { OTHER_SECRET, PRIVATE_KEY, SHARED_SECRET, SIGNING_CONFIG, SIGNING_FILES } from '../support/signing-config.ts'

const THREADS = 2
/** Connections go to either thread: with so many each has some, as good as certainly. */
const CONNECTIONS = 24
const ROUNDS = 10

async function start() {
  vi.stubEnv('SHARED', SHARED_SECRET)
  vi.stubEnv('OTHER', OTHER_SECRET)
  const seen: string[] = []
  const origin = createServer((request, response) => {
    seen.push(JSON.stringify(request.headers))
    request.resume().on('end', () => response.end('done'))
  }).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  onTestFinished(() => void origin.close().closeAllConnections())
  // Safe: a server that listens on a port has one.
  const { port } = origin.address() as AddressInfo
  const targets = { origin: [`http://127.0.0.1:${port}`] }
  const gateway = await startTestGateway(SIGNING_CONFIG, { threads: THREADS, targets, files: SIGNING_FILES })
  onTestFinished(() => gateway.stop())
  return { gateway, seen, authority: `127.0.0.1:${gateway.port}` }
}

/** On a connection of its own. */
async function send(authority: string, { method, url, headers }: SignedRequest, body?: string): Promise<number> {
  const lines = [
    ...headers.map(([name, value]): [string, string] => [name, value]),
    ['connection', 'close'] as [string, string],
  ]
  const answer = await fetch(`http://${authority}${url}`, { method, headers: lines, ...(body && { body }) })
  await answer.arrayBuffer()
  return answer.status
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

test('of a signature that is shown on many connections at once, to all threads, exactly one holds', async () => {
  const { gateway, authority } = await start()
  for (let round = 0; round < ROUNDS; round++) {
    const options = round % 2 === 0 ? { keyId: 'shared', key: SHARED_SECRET } : { keyId: 'paired', key: PRIVATE_KEY }
    const request = signRequest({ url: '/things' }, { ...options, authority, created: nowSeconds() })
    const statuses = await Promise.all(Array.from({ length: CONNECTIONS }, () => send(authority, request)))
    expect(statuses.sort()).toEqual([200, ...Array<number>(CONNECTIONS - 1).fill(401)])
  }
  expect(await gateway.metric('keysmith_refusals_total', { code: 'invalid-key' })).toBe(ROUNDS * (CONNECTIONS - 1))
})

test('what is signed is what is sent: a path in its own form, and a body in pieces', async () => {
  const { gateway, authority } = await start()
  const options = { keyId: 'paired', key: PRIVATE_KEY, authority }
  const own = { url: '/things/%7e%C3%A9?a=%7e&a=1' }
  expect(await send(authority, signRequest(own, { ...options, created: nowSeconds() }))).toBe(200)
  const body = '{"name":"in two pieces"}'
  const put = { method: 'PUT', url: '/things', headers: [['content-type', 'application/json']] as [string, string][] }
  const { headers } = signRequest(put, { ...options, created: nowSeconds(), body })
  const sendPieces = async (lines: readonly (readonly [string, string])[], pieces: string[]): Promise<number> => {
    const request = httpRequest(`http://${authority}/things`, { method: 'PUT', headers: Object.fromEntries(lines) })
    for (const piece of pieces) request.write(piece)
    request.end()
    // Safe: that is what the event brings.
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.resume()
    return answer.statusCode ?? 0
  }
  const chunked = headers.filter(([name]) => name !== 'content-length')
  expect(await sendPieces(chunked, [body.slice(0, 5), body.slice(5)])).toBe(200)
  const again = signRequest(put, { ...options, created: nowSeconds(), body }).headers
  const others = again.filter(([name]) => name !== 'content-length')
  expect(await sendPieces(others, [body.slice(0, 5), body.slice(5).replace('two', 'six')])).toBe(401)
  await until(() => gateway.log().length === 3)
  // Two threads write what they have done when it suits them: the lines' order is theirs.
  expect(new Set(gateway.log().map(({ bytesIn, code }) => `${bytesIn} ${code}`))).toEqual(
    new Set(['0 null', `${body.length} null`, `${body.length} invalid-key`]),
  )
})

test('what was shown is known to the table that comes next, and nothing of a signature goes further', async () => {
  const { gateway, seen, authority } = await start()
  const body = '{"name":"x"}'
  const options = { keyId: 'shared', key: SHARED_SECRET, authority, created: nowSeconds(), body }
  const request = signRequest({ method: 'POST', url: '/things' }, options)
  expect(await send(authority, request, body)).toBe(200)
  expect(await gateway.swap(SIGNING_CONFIG.replace('GET /others', 'GET /more'))).toBeNull()
  expect(await send(authority, request, body)).toBe(401)
  expect(await send(authority, signRequest({ method: 'POST', url: '/things' }, options), '{"name":"y"}')).toBe(401)

  expect(seen).toHaveLength(1)
  await until(() => gateway.log().length === 3)
  expect(gateway.log().map(({ key, code }) => [key, code])).toEqual(
    expect.arrayContaining([
      ['shared', null],
      [null, 'invalid-key'],
      ['shared', 'invalid-key'],
    ]),
  )
  const signature = request.headers.find(([name]) => name === 'signature')?.[1] ?? ''
  const everything = [...seen, gateway.logText(), ...gateway.told].join('\n')
  for (const secret of [signature.slice('sig1=:'.length, -1), SHARED_SECRET]) {
    const forms = [secret, ...(['base64', 'hex'] as const).map((form) => Buffer.from(secret).toString(form))]
    for (const text of [...forms, encodeURIComponent(secret)]) expect(everything).not.toContain(text)
  }
})

test('a table whose shared secret is too short is refused, and the old one goes on', async () => {
  const { gateway, authority } = await start()
  vi.stubEnv('OTHER', 'short')
  expect(await gateway.swap(SIGNING_CONFIG)).toBe('Keys cannot sign with less than 32 characters:\n  other')
  const options = { keyId: 'shared', key: SHARED_SECRET, authority, created: nowSeconds() }
  expect(await send(authority, signRequest({ url: '/things' }, options))).toBe(200)
})
