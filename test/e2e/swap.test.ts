import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digestOf, makeSecret } from '../../compiler/tools/keys/make-secret.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECRET = makeSecret('small', 'test', (below) => 7 % below)
const CONFIG = SMALL_CONFIG.replace(/digest: .*/, `digest: ${digestOf(SECRET)}`)
const HEADERS = { 'x-api-key': SECRET }

/** The same config with one more route before the others, so that positions in the table move. */
function edited(config: string): string {
  return config.replace('      GET /:', '      GET /before: { scope: things:read }\n      GET /:')
}

test('an edit costs no stream that is open and forgets no counter', async () => {
  const answers: ServerResponse[] = []
  const origin = createServer((_, response) => {
    response.writeHead(200).write('one,')
    answers.push(response)
  }).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  onTestFinished(() => void origin.close().closeAllConnections())
  // Safe: a server that listens on a port has one.
  const { port } = origin.address() as AddressInfo
  const config = CONFIG.replace('127.0.0.1:9000', `127.0.0.1:${port}`).replace(
    'GET /: { scope: things:read }',
    'GET /: { scope: things:read, limits: { rate: 1/h } }',
  )
  const cwd = temporaryFolder({ 'gateway.yaml': config })
  const { base, tells } = await serveKeysmith(['--watch'], { cwd })

  const stream = await fetch(`${base}/things`, { headers: HEADERS })
  expect(stream.status).toBe(200)
  writeFileSync(join(cwd, 'gateway.yaml'), edited(config))
  await tells('The new table serves now.')
  expect((await fetch(`${base}/things`, { headers: HEADERS })).status).toBe(429)

  answers[0]?.end('two')
  expect(await stream.text()).toBe('one,two')
})

test('what is looked at only at the start is told of', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG })
  const { base, tells } = await serveKeysmith(['--stub', '--watch'], { cwd })
  writeFileSync(join(cwd, 'gateway.yaml'), CONFIG.replace('listen: 127.0.0.1:0', 'listen: 127.0.0.1:1'))
  await tells('gateway.listen has changed: that takes effect at the next start')
  await tells('The new table serves now.')
  expect((await fetch(`${base}/things`, { headers: HEADERS })).status).toBe(200)
})

test('all secrets that are missing are named at once, and nothing is served', async () => {
  const headers = 'headers: { x-a: "${env:KEYSMITH_TEST_NONE}", x-b: "${file:/nowhere/at/all}" }'
  const config = CONFIG.replace('targets: [http://127.0.0.1:9000]', `targets: [http://127.0.0.1:9000], ${headers}`)
  const { exit, stdout, stderr } = await runKeysmith(['serve'], { cwd: temporaryFolder({ 'gateway.yaml': config }) })
  expect({ exit, stdout }).toEqual({ exit: 4, stdout: '' })
  expect(stderr).toMatch(/^error: /)
  expect(stderr).toContain('KEYSMITH_TEST_NONE')
  expect(stderr).toContain('/nowhere/at/all')
})
