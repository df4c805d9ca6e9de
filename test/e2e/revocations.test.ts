import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startTestGateway, until, type TestGateway } from '../support/running-gateway.ts'
import {
  createCaller,
  makeKeys,
  openStream,
  revokingConfig,
  startEventUpstream,
  type Caller,
  type TestKey,
} from '../support/revoking.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PROMISE_MS = 1000
const REVOCATIONS = 100
const CONNECTIONS = 12
const LOADING = 6
const THREADS = 2

async function started(keys: readonly TestKey[], file: string | null): Promise<TestGateway> {
  const upstream = await startEventUpstream()
  const options = { threads: THREADS, targets: { things: [upstream] } }
  const gateway = await startTestGateway(revokingConfig(keys, file), options)
  onTestFinished(() => gateway.stop())
  return gateway
}

/** Ways in which a line gets into the file. */
const WAYS: readonly ((file: string, line: string, i: number) => void)[] = [
  (file, line) => appendFileSync(file, line),
  (file, line) => {
    writeFileSync(`${file}.next`, readFileSync(file, 'utf8') + line)
    renameSync(`${file}.next`, file)
  },
  // As a folder of links is mounted: the file is a link through "..data", which is turned to another folder.
  (file, line, i) => {
    const folder = dirname(file)
    const name = `..version-${i}`
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'revoked.txt'), readFileSync(file, 'utf8') + line)
    symlinkSync(name, join(folder, '..next'))
    renameSync(join(folder, '..next'), join(folder, '..data'))
    symlinkSync('..data/revoked.txt', join(folder, '.link'))
    renameSync(join(folder, '.link'), file)
  },
  (file, line) => writeFileSync(file, readFileSync(file, 'utf8') + line),
]

/** How long after `fromMs` all of these connections were refused. */
async function allRefused(callers: readonly Caller[], secret: string, fromMs: number): Promise<number> {
  const times = await Promise.all(
    callers.map(async (caller) => {
      while ((await caller.ask(secret)) !== 401) if (performance.now() - fromMs > 2 * PROMISE_MS) return Infinity
      return performance.now() - fromMs
    }),
  )
  return Math.max(...times)
}

test('a hundred revocations under load hold on every connection within the second', { timeout: 60_000 }, async () => {
  const [busy, ...keys] = makeKeys(REVOCATIONS + 1, 'revoking')
  const file = join(temporaryFolder({ 'revoked.txt': '# none yet\n' }), 'revoked.txt')
  const gateway = await started([...(busy === undefined ? [] : [busy]), ...keys], file)
  const callers = Array.from({ length: CONNECTIONS }, () => createCaller(gateway.port))
  const loading = Array.from({ length: LOADING }, () => createCaller(gateway.port))
  let isOver = false
  const others = new Set<number>()
  const load = loading.map(async ({ ask }) => {
    while (!isOver) others.add(await ask(busy?.secret ?? ''))
  })

  const tookMs: number[] = []
  for (const [i, { id, secret, digest }] of keys.entries()) {
    // The secret is in every thread's cache.
    expect(new Set(await Promise.all(callers.map(({ ask }) => ask(secret))))).toEqual(new Set([200]))
    const line = i % 3 === 0 ? `key:${id}\n` : `${digest}\n`
    const fromMs = performance.now()
    WAYS[i % WAYS.length]?.(file, line, i)
    tookMs.push(await allRefused(callers, secret, fromMs))
  }
  isOver = true
  await Promise.all(load)
  const slowestMs = Math.max(...tookMs)
  process.stdout.write(`revocations: the slowest of ${REVOCATIONS} under load took ${slowestMs.toFixed(0)} ms\n`)
  expect(slowestMs).toBeLessThan(PROMISE_MS)
  expect(others).toEqual(new Set([200]))

  await until(() => gateway.log().filter(({ code }) => code === 'revoked-key').length >= REVOCATIONS * CONNECTIONS)
  expect(await gateway.metric('keysmith_revocations')).toBe(REVOCATIONS)
  const { revocations, ready } = (await (await fetch(`http://127.0.0.1:${gateway.adminPort}/readyz`)).json()) as Readyz
  expect({ ready, ...revocations }).toMatchObject({ ready: true, file, entries: REVOCATIONS, fault: null })
})

interface Readyz {
  readonly ready: boolean
  readonly revocations: Readonly<Record<string, unknown>>
}

test('open streams of a key that is revoked end within the second, and no others', { timeout: 30_000 }, async () => {
  const keys = makeKeys(6, 'revoking')
  const file = join(temporaryFolder(), 'revoked.txt')
  const gateway = await started(keys, file)
  const streams = keys.flatMap((key) => [1, 2, 3, 4].map(() => ({ key, stream: openStream(gateway.port, key.secret) })))
  expect(new Set(await Promise.all(streams.map(({ stream }) => stream.begun)))).toEqual(new Set([200]))
  const [first, second, ...rest] = keys
  const fromMs = performance.now()
  writeFileSync(file, `key:${first?.id}\n${second?.digest}\n`)
  const ending = streams.filter(({ key }) => key === first || key === second)
  const endedMs = Math.max(...(await Promise.all(ending.map(({ stream }) => stream.ended)))) - fromMs
  process.stdout.write(`revocations: the last of ${ending.length} open streams ended after ${endedMs.toFixed(0)} ms\n`)
  expect(endedMs).toBeLessThan(PROMISE_MS)
  // Cut, so that nobody takes it for the whole.
  expect(ending.some(({ stream }) => stream.isComplete())).toBe(false)
  await until(() => gateway.log().filter(({ code }) => code === 'revoked-key').length === ending.length)
  const lines = gateway.log().filter(({ code }) => code === 'revoked-key')
  expect(new Set(lines.map(({ key, status }) => `${String(key)} ${String(status)}`))).toEqual(
    new Set([`${first?.id} 200`, `${second?.id} 200`]),
  )
  expect(await gateway.metric('http_server_active_requests')).toBe(rest.length * 4)
})

test('a stream from before the config named a file of revocations ends, too', { timeout: 30_000 }, async () => {
  const [one, two] = makeKeys(2, 'revoking')
  if (one === undefined || two === undefined) throw new Error('no keys')
  const gateway = await started([one, two], null)
  const open = ({ secret }: TestKey) => [1, 2, 3, 4].map(() => openStream(gateway.port, secret))
  const [ending, others] = [open(one), open(two)]
  const begun = [...ending, ...others].map((stream) => stream.begun)
  expect(new Set(await Promise.all(begun))).toEqual(new Set([200]))

  const file = join(temporaryFolder({ 'revoked.txt': `key:${one.id}\n` }), 'revoked.txt')
  const fromMs = performance.now()
  // Positions in the table move.
  expect(await gateway.swap(revokingConfig([two, one], file))).toBeNull()
  const endedMs = Math.max(...(await Promise.all(ending.map((stream) => stream.ended)))) - fromMs
  expect(endedMs).toBeLessThan(PROMISE_MS)
  await until(async () => (await gateway.metric('http_server_active_requests')) === others.length)
})

test('a request that waits for its upstream when its key is revoked is refused, and its connection goes on', async () => {
  const [one] = makeKeys(1, 'revoking')
  if (one === undefined) throw new Error('no key')
  const file = join(temporaryFolder(), 'revoked.txt')
  const gateway = await started([one], file)
  const caller = createCaller(gateway.port)
  const waiting = caller.ask(one.secret, '/things/silent')
  const url = `http://127.0.0.1:${gateway.port}/things/silent`
  const sending = fetch(url, { method: 'POST', body: 'some', headers: { 'x-api-key': one.secret } })
  await until(async () => (await gateway.metric('http_server_active_requests')) === 2)
  const fromMs = performance.now()
  writeFileSync(file, `${one.digest}\n`)
  expect(await waiting).toBe(401)
  const sent = await sending
  expect([sent.status, ((await sent.json()) as { code: string }).code]).toEqual([401, 'revoked-key'])
  expect(performance.now() - fromMs).toBeLessThan(PROMISE_MS)
  expect(await caller.ask(one.secret)).toBe(401)
  await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  expect(await gateway.metric('keysmith_refusals_total', { code: 'revoked-key' })).toBe(3)
  expect(await gateway.metric('keysmith_bugs_total')).toBe(0)
})

test('a revoked key is told so, opens again when its line goes, and stays revoked over a change of the table', async () => {
  const [one, two] = makeKeys(2, 'revoking')
  if (one === undefined || two === undefined) throw new Error('no keys')
  const file = join(temporaryFolder({ 'revoked.txt': `${one.digest}\n` }), 'revoked.txt')
  const gateway = await started([one, two], file)
  const ask = (secret: string) => fetch(`http://127.0.0.1:${gateway.port}/things`, { headers: { 'x-api-key': secret } })
  const refused = await ask(one.secret)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="revoking", error="invalid_token"')
  expect(await refused.json()).toMatchObject({ code: 'revoked-key', status: 401 })

  // Positions in the table move.
  expect(await gateway.swap(revokingConfig([two, one], file))).toBeNull()
  for (let i = 0; i < 8; i++)
    expect([(await ask(one.secret)).status, (await ask(two.secret)).status]).toEqual([401, 200])
  writeFileSync(file, '')
  await until(async () => (await ask(one.secret)).status === 200, PROMISE_MS)

  // Another file, and one that cannot be read.
  const other = join(temporaryFolder({ 'other.txt': `key:${two.id}\n` }), 'other.txt')
  expect(await gateway.swap(revokingConfig([two, one], other))).toBeNull()
  await until(async () => (await ask(two.secret)).status === 401, PROMISE_MS)
  expect(await gateway.swap(revokingConfig([two, one], dirname(file)))).toContain('is a folder')
  expect((await ask(two.secret)).status).toBe(401)

  rmSync(other)
  await until(async () => (await gateway.metric('keysmith_revocations_stale')) === 1)
  expect((await ask(two.secret)).status).toBe(401)
  const readyz = await fetch(`http://127.0.0.1:${gateway.adminPort}/readyz`)
  expect(readyz.status).toBe(200)
  expect(((await readyz.json()) as Readyz).revocations['fault']).toContain('does not exist any more')
})

test('a list that is broken when the gateway starts keeps it from starting', async () => {
  const keys = makeKeys(1, 'revoking')
  const file = join(temporaryFolder({ 'revoked.txt': 'key:one\nbroken\n' }), 'revoked.txt')
  await expect(startTestGateway(revokingConfig(keys, file))).rejects.toThrow(/line 2, is no digest, key or subject/)
})
