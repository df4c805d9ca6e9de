import { beforeAll, expect, test } from 'vitest'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { nextTurn } from '../support/answer-run.ts'
import { loadTestTable, type TestRequest } from '../support/decider.ts'
import { callOf, createGateway, problemOf, type Handled } from '../support/handled.ts'
import { contentDigest, signRequest, withHeader, type SignedRequest } from '../support/sign-request.ts'
import { PLAIN_SECRET, SHARED_SECRET, SIGNING_CONFIG, SIGNING_FILES } from '../support/signing-config.ts'

const SHARED = { keyId: 'shared', key: SHARED_SECRET }
const BODY = '{"name":"x"}'
const POST: TestRequest = { method: 'POST', url: '/things' }
const PUT: TestRequest = { method: 'PUT', url: '/things', headers: [['content-type', 'application/json']] }
const PIECES: TestRequest = {
  ...PUT,
  headers: [
    ['content-type', 'application/json'],
    ['transfer-encoding', 'chunked'],
    ['content-digest', contentDigest(BODY)],
  ],
}

let table: LoadedTable
beforeAll(async () => {
  table = await loadTestTable(SIGNING_CONFIG, SIGNING_FILES)
})

/** Sends a body in two pieces behind a request. */
function send(request: SignedRequest, body: string): Handled {
  const handled = createGateway(table).handle(request)
  const half = body.length >> 1
  handled.fake.receive(Buffer.from(body.slice(0, half)), false)
  expect(handled.call()).toBeNull()
  handled.fake.receive(Buffer.from(body.slice(half)), true)
  return handled
}

test.each([
  ['where the route has no schema', signRequest(POST, { ...SHARED, body: BODY })],
  ['where it has one', signRequest(PUT, { ...SHARED, body: BODY })],
  ['with the longer digest', withDigest(contentDigest(BODY, 'sha-512'))],
  ['with both digests', withDigest(`${contentDigest(BODY, 'sha-512')}, ${contentDigest(BODY)}`)],
  ['in pieces', inPieces()],
])('a body that was signed goes on whole, once all of it came: %s', (_, request) => {
  const handled = send(request, BODY)
  expect(Buffer.from(callOf(handled).request.body as Uint8Array).toString()).toBe(BODY)
})

test.each([
  ['where the route has no schema', signRequest(POST, { ...SHARED, body: BODY })],
  ['where it has one', signRequest(PUT, { ...SHARED, body: BODY })],
  ['when one digest of two is right', withDigest(`${contentDigest('other')}, ${contentDigest(BODY, 'sha-512')}`)],
  ['in pieces', inPieces()],
])(
  'a body that is not the one that was signed is refused as an unknown key is, and goes nowhere: %s',
  async (_, request) => {
    const body = request.headers.some(([, value]) => value.includes('sha-512')) ? BODY : BODY.replace('x', 'y')
    const handled = send(request, body)
    expect(handled.call()).toBeNull()
    // One in pieces closes its connection, which waits for the next turn.
    await nextTurn()
    expect(problemOf(handled)).toEqual({ status: 401, code: 'invalid-key' })
    expect(handled.read().headers).toContainEqual(['www-authenticate', 'Bearer realm="acme", error="invalid_token"'])
  },
)

test('who sends other bodies than were signed is locked out like whoever fails to authenticate', async () => {
  const protect = '  protect: { lockout: { failures: 2, window: 1m, ban: 10m } }\nsecrets:\n'
  const gateway = createGateway(await loadTestTable(SIGNING_CONFIG.replace('secrets:\n', protect), SIGNING_FILES))
  const codes = ['y', 'y', 'x'].map((name) => {
    const { fake, exchange } = gateway.handle(signRequest(POST, { ...SHARED, body: BODY }))
    fake.receive(Buffer.from(BODY.replace('x', name)), true)
    return exchange.code
  })
  expect(codes).toEqual(['invalid-key', 'invalid-key', 'locked-out'])
})

test('a body that was signed and does not meet the schema is told of that', () => {
  expect(problemOf(send(signRequest(PUT, { ...SHARED, body: '{"nam":"x"}' }), '{"nam":"x"}'))).toEqual({
    status: 422,
    code: 'invalid-request',
  })
})

test('a body that was signed has the bound of its route', () => {
  const body = 'x'.repeat(1001)
  const handled = createGateway(table).handle(signRequest(POST, { ...SHARED, body }))
  handled.fake.receive(Buffer.from(body), true)
  expect(handled.call()).toBeNull()
  expect(handled.exchange.code).toBe('body-too-large')
})

test('the body of who shows a secret is handed on as it comes, whatever digest stands beside it', () => {
  const headers = [
    ['x-api-key', PLAIN_SECRET],
    ['content-length', '12'],
    ['content-digest', contentDigest('other')],
  ] as const
  const handled = createGateway(table).handle({ ...POST, headers })
  handled.fake.receive(Buffer.from(BODY.slice(0, 5)), false)
  expect(callOf(handled).body().toString()).toBe(BODY.slice(0, 5))
})

function withDigest(digest: string): SignedRequest {
  return signRequest({ ...POST, headers: [['content-digest', digest]] }, { ...SHARED, body: BODY })
}

function inPieces(): SignedRequest {
  return withHeader(signRequest(PIECES, { ...SHARED, body: BODY }), 'content-length', null)
}
