import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startIssuerServer, type IssuerMode, type IssuerServer } from '../support/issuer-server.ts'
import { startTestGateway, until, type TestGateway } from '../support/running-gateway.ts'
import { createSigner } from '../support/signer.ts'

const ONE = createSigner('ES256', 'one')
const TWO = createSigner('RS256', 'two')

const open: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function configOf({ url }: IssuerServer): string {
  return `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:0
upstreams:
  origin: { targets: [http://127.0.0.1:9] }
identity:
  corp: { issuer: "${url}", audience: acme-api, algorithms: [ES256, RS256], tenant: claims.org }
  opaque: { introspect: { url: "${url}/introspect", cache: 1s }, audience: acme-api, tenant: claims.org }
scopes:
  things:read: Read things
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    auth: [corp, opaque]
    requests: { body: 2MB }
    routes:
      GET /: { scope: things:read }
      POST /: { scope: things:read }
      GET /{owner}: { scope: things:read, bind: { owner: claims.sub } }
tenants:
  globex: {}
`
}

async function start(mode: IssuerMode = 'up', threads = 1) {
  const issuer = await startIssuerServer(ONE)
  open.push(issuer.stop)
  issuer.mode = mode
  const origin = createServer((request, response) => void hashOf(request).then((hash) => response.end(hash)))
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  open.push(() => void origin.close().closeAllConnections())
  // Safe: it listens on a port.
  const { port } = origin.address() as AddressInfo
  const targets = { origin: [`http://127.0.0.1:${port}`] }
  const gateway = await startTestGateway(configOf(issuer), { targets, threads })
  open.push(gateway.stop)
  return { issuer, gateway, ask: (token: string, body?: Buffer, path?: string) => ask(gateway, token, body, path) }
}

async function ask({ port }: TestGateway, token: string, body?: Buffer, path = '/things') {
  const headers = { authorization: `Bearer ${token}` }
  const sent = body === undefined ? { headers } : { headers, method: 'POST', body }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, sent)
  return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get('retry-after') }
}

async function hashOf(request: IncomingMessage): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of request) hash.update(piece as Buffer)
  return hash.digest('hex')
}

function claimsOf({ url }: IssuerServer, claims: object = {}): object {
  const exp = Math.floor(Date.now() / 1000) + 300
  return { iss: url, aud: 'acme-api', sub: 'ann', org: 'globex', scope: 'things:read', exp, ...claims }
}

test('one fetch of keys serves all threads', async () => {
  const { issuer, ask } = await start('up', 2)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => ask(ONE.token(claimsOf(issuer, { sub: `s${i}` })))),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(issuer.asked.filter((path) => path === '/jwks.json')).toHaveLength(1)
})

test.each<IssuerMode>(['failing', 'redirecting', 'huge', 'lying'])(
  'a provider that is %s when the gateway starts leaves tokens unanswered until it is up',
  async (mode) => {
    const { issuer, gateway, ask } = await start(mode)
    const token = ONE.token(claimsOf(issuer))
    const refused = await ask(token)
    expect(refused).toMatchObject({ status: 503, retryAfter: '1' })
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'upstream-unavailable' })
    expect(issuer.asked).not.toContain('/elsewhere')
    expect(gateway.told.join()).toContain(`the keys of ${issuer.url} cannot be fetched`)
    const readyz = await fetch(`http://127.0.0.1:${gateway.adminPort}/readyz`)
    expect(readyz.status).toBe(200)
    expect(await readyz.json()).toMatchObject({ issuers: [{ issuer: issuer.url, fetchedAt: null }] })
    issuer.mode = 'up'
    await until(async () => (await ask(token)).status === 200)
  },
)

test('a slow provider makes its tokens wait, bodies and all, and no other request', async () => {
  const { issuer, ask, gateway } = await start()
  await until(async () => (await ask(ONE.token(claimsOf(issuer)))).status === 200)
  issuer.delayMs = 400
  issuer.opaque.set('an-opaque-token', { active: true, ...claimsOf(issuer) })
  const body = Buffer.alloc(1_500_000, 'slow but whole ')
  const begunMs = performance.now()
  const waiting = ask('an-opaque-token', body)
  const others = await Promise.all([1, 2, 3].map((i) => ask(ONE.token(claimsOf(issuer, { sub: `other${i}` })))))
  expect(others.map(({ status }) => status)).toEqual([200, 200, 200])
  const answer = await waiting
  expect(answer).toMatchObject({ status: 200, text: createHash('sha256').update(body).digest('hex') })
  expect(performance.now() - begunMs).toBeGreaterThan(400)
  await until(() => gateway.log().length >= 5)
  expect(gateway.log().every(({ status }) => status === 200)).toBe(true)
})

test('a provider that never answers costs a request no more than its time', async () => {
  const { issuer, ask } = await start('silent')
  issuer.opaque.set('an-opaque-token', { active: true, ...claimsOf(issuer) })
  const begunMs = performance.now()
  expect((await ask('an-opaque-token')).status).toBe(503)
  expect(performance.now() - begunMs).toBeLessThan(6000)
})

test('a rotation is followed: the new key opens at once, the old one no more', async () => {
  const { issuer, ask } = await start()
  const old = ONE.token(claimsOf(issuer))
  await until(async () => (await ask(old)).status === 200)
  issuer.signers = [TWO]
  const fresh = TWO.token(claimsOf(issuer))
  // Within the first second after a fetch nobody is asked again.
  await until(async () => (await ask(fresh)).status === 200)
  expect((await ask(old)).status).toBe(401)
})

test('an object that is bound to a claim is for whoever the token names, signed or opaque', async () => {
  const { issuer, ask } = await start()
  issuer.opaque.set('an-opaque-token', { active: true, ...claimsOf(issuer) })
  for (const token of [ONE.token(claimsOf(issuer)), 'an-opaque-token']) {
    expect((await ask(token, undefined, '/things/ann')).status).toBe(200)
    expect((await ask(token, undefined, '/things/bob')).status).toBe(404)
  }
})

test('an opaque token that is taken back is refused once the answer is too old', async () => {
  const { issuer, ask } = await start()
  issuer.opaque.set('an-opaque-token', { active: true, ...claimsOf(issuer) })
  expect((await ask('an-opaque-token')).status).toBe(200)
  issuer.opaque.clear()
  await until(async () => (await ask('an-opaque-token')).status === 401, 3000)
})

test('keys and answers outlive a change of the table', async () => {
  const { issuer, gateway, ask } = await start()
  issuer.opaque.set('an-opaque-token', { active: true, ...claimsOf(issuer) })
  await until(async () => (await ask(ONE.token(claimsOf(issuer)))).status === 200)
  issuer.mode = 'failing'
  expect(
    await gateway.swap(configOf(issuer).replace('GET /: ', 'GET /more: { scope: things:read }\n      GET /: ')),
  ).toBeNull()
  expect((await ask(ONE.token(claimsOf(issuer, { sub: 'bob' })))).status).toBe(200)
})

test('the log names an issuer and a digest of the subject, and no token', async () => {
  const { issuer, gateway, ask } = await start()
  const token = ONE.token(claimsOf(issuer, { sub: 'ann@example.com' }))
  await until(async () => (await ask(token)).status === 200)
  await until(() => gateway.log().some(({ status }) => status === 200))
  const line = gateway.log().find(({ status }) => status === 200)
  const digest = createHash('sha256').update('ann@example.com').digest('hex').slice(0, 12)
  expect(line).toMatchObject({ key: `${issuer.url}/${digest}`, tenant: 'globex', plan: null })
  expect(gateway.logText()).not.toContain('ann@example.com')
  expect(gateway.logText()).not.toContain(token.slice(-20))
})
