import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configWithFile, otherSecret } from '../support/filed-keys.ts'
import { startTestGateway } from '../support/running-gateway.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { yaml, files } = configWithFile([])

async function statusOf(base: string, secret: string): Promise<number> {
  // A connection of its own each time, so that both threads are asked.
  const headers = { 'x-api-key': secret, connection: 'close' }
  const answer = await fetch(`${base}/things`, { headers })
  await answer.arrayBuffer()
  return answer.status
}

test('keys of a file are served, and counted on over a reload', { timeout: 60_000 }, async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': yaml, 'revoked.txt': '', ...files })
  const { base, admin, signal, tells } = await serveKeysmith(['--stub'], { cwd })
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) statuses.push(await statusOf(base, otherSecret(i)))
  expect(statuses).toEqual(new Array(12).fill(200))
  expect(await statusOf(base, 'nobodys-secret')).toBe(401)
  const facts = (await (await fetch(`${admin}/table`)).json()) as { counts: { keys: number } }
  expect(facts.counts.keys).toBe(2_001)

  expect([await statusOf(base, otherSecret(0)), await statusOf(base, otherSecret(0))]).toEqual([200, 200])
  writeFileSync(join(cwd, 'keys.ndjson'), (files['keys.ndjson'] ?? '').trim().split('\n').reverse().join('\n') + '\n')
  signal('SIGHUP')
  await tells('The new table serves now.')
  expect([await statusOf(base, otherSecret(0)), await statusOf(base, otherSecret(1))]).toEqual([429, 200])
})

test('compile writes the file beside the table, and sees when it is another one', { timeout: 60_000 }, async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': yaml, ...files })
  expect((await runKeysmith(['compile'], { cwd })).exit).toBe(0)
  expect(readdirSync(cwd)).toContain('keys.bin')
  const sha256 = createHash('sha256')
    .update(readFileSync(join(cwd, 'keys.bin')))
    .digest('hex')
  expect(readFileSync(join(cwd, 'table.ts'), 'utf8')).toContain(sha256)
  expect((await runKeysmith(['compile', '--check'], { cwd })).exit).toBe(0)
  writeFileSync(join(cwd, 'keys.bin'), 'keysmith, and something else')
  const { exit, stderr } = await runKeysmith(['compile', '--check'], { cwd })
  expect([exit, stderr]).toEqual([1, expect.stringContaining('keys.bin differs')])
  writeFileSync(join(cwd, 'keys.bin'), 'of somebody else')
  expect((await runKeysmith(['compile'], { cwd })).exit).toBe(4)
})

test('two threads share the file', { timeout: 60_000 }, async () => {
  const gateway = await startTestGateway(yaml.replace('  revocations: revoked.txt\n', ''), { files, threads: 2 })
  onTestFinished(gateway.stop)
  const base = `http://127.0.0.1:${gateway.port}`
  const statuses: number[] = []
  // What is behind is not there; that a key opens is all that matters.
  for (let i = 0; i < 24; i++) statuses.push(await statusOf(base, otherSecret(i)))
  expect(new Set(statuses)).toEqual(new Set([502]))
  expect(await statusOf(base, 'nobodys-secret')).toBe(401)
})
