import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sendRaw } from '../conformance/support/raw-client.ts'
import { buildVariant } from '../support/build-variant.ts'
import { digestOf, withChecksum } from '../support/make-secret.ts'
import { startTestGateway } from '../support/running-gateway.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { recordSecret } from '../support/run-record.ts'
import { formsIn } from '../support/secret-forms.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Fresh in each run: nothing of them can stand anywhere by chance. */
const alphanumeric = (): string => randomBytes(16).toString('hex')
const SECRETS = {
  key: withChecksum(`acme_live_${alphanumeric()}`),
  other: withChecksum(`acme_live_${alphanumeric()}`),
  expired: withChecksum(`acme_live_${alphanumeric()}`),
  revoked: withChecksum(`acme_live_${alphanumeric()}`),
  unknown: withChecksum(`acme_live_${alphanumeric()}`),
  mistyped: `acme_live_${alphanumeric()}xxxxxx`,
  imported: randomBytes(24).toString('base64url'),
  upstream: randomBytes(24).toString('base64url'),
  file: randomBytes(24).toString('base64url'),
  shared: randomBytes(32).toString('base64url'),
  jwt: [{ alg: 'HS256' }, { sub: 'someone', exp: 4e9 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.', randomBytes(32).toString('base64url')),
}
/** What no text may hold: of a token its signature, for whoever has the rest has nothing. */
const SOUGHT = Object.entries({ ...SECRETS, jwt: SECRETS.jwt.split('.')[2] ?? '' })
for (const [, secret] of SOUGHT) recordSecret(secret)

function configOf(upstream: number, folder: string): string {
  return `version: 1
gateway:
  name: secretive
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  keys: { prefix: acme }
  requests: { body: 2KB, url: 1KB, headers: 4KB }
  revocations: ./revoked.txt
  log: { access: ${JSON.stringify(join(folder, 'access.log'))} }
  protect:
    lockout: { failures: 40, window: 1m, ban: 1m }
    block: { rules: [sql-injection, script-injection], mode: report-only }
secrets:
  token: \${env:KEYSMITH_TEST_TOKEN}
  file: \${file:${join(folder, 'token.txt')}}
  shared: \${env:KEYSMITH_TEST_SHARED}
upstreams:
  origin: { targets: [http://127.0.0.1:${upstream}], headers: { authorization: "Bearer \${secret:token}", x-file: "\${secret:file}" } }
  down: { targets: [http://127.0.0.1:1], headers: { authorization: "Bearer \${secret:token}" } }
scopes: { use: Use it, more: Use more }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /{id}: { scope: use, query: { n: { type: integer } } }
      GET /more/{id}: { scope: more }
      GET /mine/{owner}: { scope: use, bind: { owner: key.id } }
      GET /when/{id}: { scope: use, when: 'key.metadata.region == "eu"' }
      POST /: { scope: use, body: ./any.schema.json }
  broken:
    basePath: /broken
    upstream: down
    access: authenticated
    routes:
      GET /: { scope: use }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /{rest...}: {}
tenants:
  globex:
    keys:
      good: { digest: "${digestOf(SECRETS.key)}", scopes: [use], metadata: { region: us }, expires: 2099-01-01 }
      other: { digest: "${digestOf(SECRETS.other)}", scopes: [more], expires: 2099-01-01, limits: { rate: 1/h } }
      expired: { digest: "${digestOf(SECRETS.expired)}", scopes: [use], expires: 2026-01-01 }
      revoked: { digest: "${digestOf(SECRETS.revoked)}", scopes: [use], expires: 2099-01-01 }
      foreign: { digest: "${digestOf(SECRETS.imported)}", scopes: [use], expires: 2099-01-01, imported: true }
      signer: { signing: { algorithm: hmac-sha256, secret: "\${secret:shared}" }, scopes: [use], expires: 2099-01-01 }
`
}

/** An upstream that answers the same to all: what callers get is then the gateway's own doing. */
async function startUpstream(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('x-upstream', 'yes').end('{"ok":true}'))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  // Safe: it listens on a port.
  return (server.address() as AddressInfo).port
}

/** Each secret in each place where a caller, or a mistake, may put it; well-formed requests and broken ones. */
function requestsFor(secret: string): string[] {
  const head = (line: string, ...headers: string[]): string =>
    [`${line} HTTP/1.1`, 'host: gateway.test', 'connection: close', ...headers, '', ''].join('\r\n')
  const key = `x-api-key: ${secret}`
  const json = JSON.stringify({ [secret]: secret, sql: `' or '1'='1` })
  const post = (body: string, ...headers: string[]): string =>
    head('POST /things', ...headers, 'content-type: application/json', `content-length: ${body.length}`) + body
  return [
    head('GET /things/1', key),
    head('GET /things/1', `authorization: Bearer ${secret}`),
    head('GET /things/1', `authorization: Basic ${Buffer.from(`user:${secret}`).toString('base64')}`),
    head('GET /things/1', key, `authorization: Bearer ${SECRETS.key}`),
    head('GET /things/1', `x-other: ${secret}`, `cookie: session=${secret}`),
    head(`GET /things/1?n=${secret}`, `x-api-key: ${SECRETS.key}`),
    head(`GET /things/${secret}?n=1`, `x-api-key: ${SECRETS.key}`),
    head(`GET /things/1?api_key=${secret}`),
    head(`GET /things/mine/${secret}`, key),
    head(`GET /things/when/${secret}`, key),
    head(`GET /things/more/${secret}`, key),
    head(`GET /open/${secret}?q=${secret}+'or'1'='1`, key),
    head(`GET /nowhere/${secret}`, key),
    head(`GET /%zz${secret}`, key),
    head(`${secret} /things/1`, key),
    head('GET /broken', key),
    head('DELETE /things/1', key),
    head('GET /things/1', key, key),
    head(
      'GET /things/1',
      key,
      `x-request-id: ${secret}`,
      `traceparent: 00-${secret}-1-01`,
      `x-forwarded-for: ${secret}`,
    ),
    head('GET /things/1', key, 'content-length: 5', 'transfer-encoding: chunked'),
    head('GET /things/1', key, `transfer-encoding: ${secret}`),
    head(`GET /things/1?x=${'v'.repeat(1100)}`, key),
    head('GET /things/1', key, `x-long: ${secret.repeat(90)}`),
    head(
      'GET /things/1',
      `signature-input: sig1=("@method");keyid="${secret}";created=1`,
      `signature: sig1=:${Buffer.from(secret).toString('base64')}:`,
    ),
    head(
      'GET /things/1',
      `signature-input: sig1=("@method");keyid="signer";created=1`,
      `signature: sig1=:${createHmac('sha256', secret).update('x').digest('base64')}:`,
    ),
    post(json, `x-api-key: ${SECRETS.key}`),
    post(json.slice(0, -1), `x-api-key: ${SECRETS.key}`),
    post(JSON.stringify({ n: secret }), `x-api-key: ${SECRETS.key}`),
    post(JSON.stringify({ a: secret.repeat(90) }), `x-api-key: ${SECRETS.key}`),
    post(json, `x-api-key: ${SECRETS.key}`, `content-encoding: ${secret}`),
  ]
}

test('no secret stands in any answer, log, metric, table, file or message', { timeout: 120_000 }, async () => {
  const upstream = await startUpstream()
  const folder = temporaryFolder({
    'any.schema.json': '{"type":"object","properties":{"n":{"type":"integer"}}}',
    'revoked.txt': `${digestOf(SECRETS.revoked)}\n`,
    'token.txt': SECRETS.file,
  })
  const yaml = configOf(upstream, folder)
  writeFileSync(join(folder, 'gateway.yaml'), yaml)
  process.env['KEYSMITH_TEST_TOKEN'] = SECRETS.upstream
  process.env['KEYSMITH_TEST_SHARED'] = SECRETS.shared
  onTestFinished(() => {
    delete process.env['KEYSMITH_TEST_TOKEN']
    delete process.env['KEYSMITH_TEST_SHARED']
  })
  const written: Record<string, string> = {}

  const gateway = await serveKeysmith(['gateway.yaml'], { cwd: folder })
  const port = Number(new URL(gateway.base).port)
  const all = Object.values(SECRETS).flatMap(requestsFor)
  const statuses = new Map<string, number>()
  for (let i = 0; i < all.length; i += 20) {
    const results = await Promise.all(all.slice(i, i + 20).map((request) => sendRaw(port, request)))
    for (const { text } of results) {
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'none'
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      written['answers'] = (written['answers'] ?? '') + text
    }
  }
  for (const page of ['metrics', 'readyz', 'healthz', 'table', `${SECRETS.key}`]) {
    written[`/${page.slice(0, 7)}`] = await (await fetch(`${gateway.admin}/${page}`)).text()
  }
  gateway.signal('SIGTERM')
  await gateway.ended
  written['standard error'] = gateway.told()

  for (const args of [['check'], ['compile'], ['keys', 'list']]) {
    const { stdout, stderr } = await runKeysmith(args, { cwd: folder })
    written[args.join(' ')] = stdout + stderr
  }
  for (const name of ['key', 'mistyped', 'unknown', 'imported', 'jwt'] as const) {
    const secret = SECRETS[name]
    const { stdout, stderr } = await runKeysmith(['keys', 'verify'], { cwd: folder, input: secret })
    written[`keys verify ${name}`] = stdout + stderr
  }
  // A secret that was written into the config by mistake is pointed at and not shown.
  const mistake = yaml
    .replace('"Bearer ${secret:token}"', SECRETS.upstream)
    .replace('region: us', `region: ${SECRETS.key}`)
  const wrong = temporaryFolder({ 'gateway.yaml': mistake, 'any.schema.json': '{}' })
  for (const format of ['pretty', 'json', 'sarif', 'github']) {
    const { exit, stdout, stderr } = await runKeysmith(['check', '--format', format], { cwd: wrong })
    expect(exit).toBe(1)
    written[`check --format ${format}`] = stdout + stderr
  }
  for (const name of readdirSync(folder)) {
    if (!['token.txt'].includes(name)) written[`file ${name}`] = readFileSync(join(folder, name), 'utf8')
  }

  expect(written['file access.log']?.split('\n').length).toBeGreaterThan(all.length / 2)
  expect(existsSync(join(folder, 'table.ts'))).toBe(true)
  // Every way to refuse was taken, and some requests passed.
  for (const status of [
    '200',
    '400',
    '401',
    '403',
    '404',
    '405',
    '413',
    '414',
    '415',
    '422',
    '429',
    '431',
    '501',
    '502',
  ])
    expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0])
  expect(leaksIn(written)).toEqual([])
  expect(leaksIn({ here: `x=${SECRETS.upstream}` })).toContain('here: upstream, as it is')
})

test('a fault of ours tells nothing of the request that met it', { timeout: 60_000 }, async () => {
  const upstream = await startUpstream()
  const runtime = await buildVariant('secrets-authorize', [
    {
      file: 'runtime/authorize.ts',
      from: 'export function authorize(exchange: Exchange): Refusal | null {\n',
      to: 'export function authorize(exchange: Exchange): Refusal | null {\n  if (exchange.hasQuery) throw new Error("planted")\n',
    },
  ])
  const folder = temporaryFolder({ 'token.txt': SECRETS.file })
  process.env['KEYSMITH_TEST_TOKEN'] = SECRETS.upstream
  process.env['KEYSMITH_TEST_SHARED'] = SECRETS.shared
  const gateway = await startTestGateway(configOf(upstream, folder).replace('  revocations: ./revoked.txt\n', ''), {
    runtime,
    files: { 'any.schema.json': '{}' },
  })
  try {
    const { text } = await sendRaw(
      gateway.port,
      `GET /things/${SECRETS.other}?n=${SECRETS.unknown} HTTP/1.1\r\nhost: a\r\nx-api-key: ${SECRETS.key}\r\nconnection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 500 /)
    expect(gateway.told.join('\n')).toContain('planted')
    expect(leaksIn({ answer: text, told: gateway.told.join('\n'), log: gateway.logText() })).toEqual([])
  } finally {
    await gateway.stop()
    delete process.env['KEYSMITH_TEST_TOKEN']
    delete process.env['KEYSMITH_TEST_SHARED']
  }
})

function leaksIn(written: Readonly<Record<string, string>>): string[] {
  return Object.entries(written).flatMap(([where, text]) =>
    SOUGHT.flatMap(([name, secret]) => formsIn(text, secret).map((form) => `${where}: ${name}, ${form}`)),
  )
}
