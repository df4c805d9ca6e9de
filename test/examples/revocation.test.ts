import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/revocation/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { until } from '../support/running-gateway.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

const PROMISE_MS = 1000
const { till, robot, intern } = demoKeys.keys

test('what is written into the file holds within the second, and what is taken out no longer', async () => {
  const cwd = exampleCopy('revocation')
  const file = join(cwd, 'revoked.txt')
  const { base, admin, tells, signal } = await serveKeysmith(['--stub'], { cwd })
  const codeOf = async (secret: string): Promise<unknown> => {
    const answer = await fetch(`${base}/orders`, { headers: { 'x-api-key': secret } })
    const text = await answer.text()
    return answer.ok ? answer.status : JSON.parse(text).code
  }
  const codes = async (): Promise<string> =>
    (await Promise.all([till, robot, intern].map((key) => codeOf(key.secret)))).join()
  const holds = (wanted: string): Promise<void> => until(async () => (await codes()) === wanted, PROMISE_MS)
  expect(await codes()).toBe('200,200,revoked-key')

  appendFileSync(file, 'key:till\n')
  await holds('revoked-key,200,revoked-key')
  expect((await runKeysmith(['keys', 'revoke', 'robot'], { cwd })).exit).toBe(0)
  await holds('revoked-key,revoked-key,revoked-key')
  const kept = readFileSync(file, 'utf8')

  writeFileSync(file, `${kept}what is this\n`)
  await tells('line 6, is no digest, key or subject. Those of before still hold.')
  expect(await codes()).toBe('revoked-key,revoked-key,revoked-key')
  const readyz = await fetch(`${admin}/readyz`)
  expect([readyz.status, ((await readyz.json()) as Readyz).revocations['entries']]).toEqual([200, 3])

  writeFileSync(file, '')
  signal('SIGHUP')
  await holds('200,200,200')
})

interface Readyz {
  readonly revocations: Readonly<Record<string, unknown>>
}
