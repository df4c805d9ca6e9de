import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digestOf, makeSecret } from '../../compiler/tools/keys/make-secret.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECRET = makeSecret('small', 'test', (below) => 7 % below)
const CONFIG = SMALL_CONFIG.replace(/digest: .*/, `digest: ${digestOf(SECRET)}`)
const WITHOUT_SCOPE = CONFIG.replace('GET /: { scope: things:read }', 'GET /: { scope: things:write }').replace(
  'scopes:\n  things:read: Read things\n',
  'scopes:\n  things:read: Read things\n  things:write: Change things\n',
)
const BROKEN = CONFIG.replace('upstream: origin', 'upstream: orign')

async function statusOf(base: string, path = '/things'): Promise<number> {
  const answer = await fetch(base + path, { headers: { 'x-api-key': SECRET } })
  await answer.arrayBuffer()
  return answer.status
}

test('a stub says which upstream was asked, for whom, and for what', async () => {
  const { base, admin } = await serveKeysmith(['--stub'], { cwd: temporaryFolder({ 'gateway.yaml': CONFIG }) })
  const answer = await fetch(`${base}/things?a=1`, { headers: { 'x-api-key': SECRET } })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    upstream: 'origin',
    method: 'GET',
    path: '/things?a=1',
    caller: { 'x-keysmith-key': 'reader', 'x-keysmith-tenant': 'globex' },
  })
  expect((await fetch(`${admin}/readyz`)).status).toBe(200)
})

test.each([
  ['auto', availableParallelism()],
  ['3', 3],
])('threads: %s serves on that many', async (threads, count) => {
  const config = CONFIG.replace('gateway:\n', `gateway:\n  threads: ${threads}\n`)
  const { admin } = await serveKeysmith(['--stub'], { cwd: temporaryFolder({ 'gateway.yaml': config }) })
  expect(await (await fetch(`${admin}/table`)).json()).toMatchObject({ threads: count })
  expect(await (await fetch(`${admin}/metrics`)).text()).toContain(`keysmith_threads ${count}\n`)
})

test('SIGTERM ends it when it has nothing in flight', async () => {
  const served = await serveKeysmith(['--stub'], { cwd: temporaryFolder({ 'gateway.yaml': CONFIG }) })
  expect(await statusOf(served.base)).toBe(200)
  served.signal('SIGTERM')
  expect(await served.ended).toBe(0)
})

test('a second signal ends it with a request in flight', async () => {
  const origin = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  onTestFinished(() => void origin.close().closeAllConnections())
  // Safe: a server that listens on a port has one.
  const { port } = origin.address() as AddressInfo
  const config = CONFIG.replace('http://127.0.0.1:9000', `http://127.0.0.1:${port}`)
  const served = await serveKeysmith([], { cwd: temporaryFolder({ 'gateway.yaml': config }) })
  const answer = statusOf(served.base).catch(() => 'cut')
  await once(origin, 'request')
  served.signal('SIGINT')
  await served.tells('Stopping')
  served.signal('SIGINT')
  expect(await served.ended).toBe('SIGINT')
  expect(await answer).toBe('cut')
})

test('an edit is served, a broken one is told and the table of before goes on', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const file = join(cwd, 'gateway.yaml')
  const served = await serveKeysmith(['--stub', '--watch'], { cwd })
  expect(await statusOf(served.base)).toBe(200)

  writeFileSync(file, BROKEN)
  await served.tells('The table of before goes on serving.')
  expect(served.told()).toContain('gateway.yaml:14:15 error upstream-unknown')
  expect(await statusOf(served.base)).toBe(200)

  writeFileSync(file, WITHOUT_SCOPE)
  await served.tells('The new table serves now.')
  expect(await statusOf(served.base)).toBe(403)

  // What editors do: another file takes the name.
  writeFileSync(join(cwd, 'gateway.yaml~'), CONFIG)
  renameSync(join(cwd, 'gateway.yaml~'), file)
  await served.tells('The new table serves now.', 2)
  expect(await statusOf(served.base)).toBe(200)
})

test('a mounted volume whose link is turned is served', async () => {
  const folder = temporaryFolder({ 'v1/gateway.yaml': CONFIG, 'v2/gateway.yaml': WITHOUT_SCOPE })
  mkdirSync(join(folder, 'conf'))
  symlinkSync('../v1', join(folder, 'conf/current'))
  symlinkSync('current/gateway.yaml', join(folder, 'conf/gateway.yaml'))
  const served = await serveKeysmith(['--stub', '--watch'], { cwd: join(folder, 'conf') })
  expect(await statusOf(served.base)).toBe(200)
  symlinkSync('../v2', join(folder, 'conf/next'))
  renameSync(join(folder, 'conf/next'), join(folder, 'conf/current'))
  await served.tells('The new table serves now.')
  expect(await statusOf(served.base)).toBe(403)
})

test('SIGHUP reads the config again, without --watch', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const served = await serveKeysmith(['--stub'], { cwd })
  writeFileSync(join(cwd, 'gateway.yaml'), WITHOUT_SCOPE)
  expect(await statusOf(served.base)).toBe(200)
  served.signal('SIGHUP')
  await served.tells('The new table serves now.')
  expect(await statusOf(served.base)).toBe(403)
})

test('an included file that was missing is served as soon as it is there', async () => {
  const include = 'include:\n  - { tenant: initech, file: tenants/initech.yaml }\n'
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const served = await serveKeysmith(['--stub', '--watch'], { cwd })
  writeFileSync(join(cwd, 'gateway.yaml'), CONFIG + include)
  await served.tells('error file-missing')
  mkdirSync(join(cwd, 'tenants'))
  writeFileSync(join(cwd, 'tenants/initech.yaml'), 'title: Initech\n')
  await served.tells('The new table serves now.')
})

test('an upstream that came later has no stub, and that is told', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const served = await serveKeysmith(['--stub', '--watch'], { cwd })
  writeFileSync(
    join(cwd, 'gateway.yaml'),
    CONFIG.replace('upstreams:\n', 'upstreams:\n  late: { targets: [http://127.0.0.1:9009] }\n').replace(
      'upstream: origin',
      'upstream: late',
    ),
  )
  await served.tells('No stub answers for late before the next start.')
})

test('a config with a fault is not served', async () => {
  const { exit, stdout, stderr } = await runKeysmith(['serve', '--stub'], {
    cwd: temporaryFolder({ 'gateway.yaml': BROKEN }),
  })
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toContain('gateway.yaml:14:15 error upstream-unknown')
})

test('a port in use is a fault of the surroundings', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const { base } = await serveKeysmith(['--stub'], { cwd })
  const { exit, stderr } = await runKeysmith(['serve', '--stub', '--listen', new URL(base).host], { cwd })
  expect(exit).toBe(4)
  expect(stderr).toMatch(/^error: .*in use/m)
})

test('an address that is none is a wrong use', async () => {
  const { exit, stderr } = await runKeysmith(['serve', '--listen', 'localhost:80'])
  expect(exit).toBe(2)
  expect(stderr).toContain('It must be an IP address and a port')
})
