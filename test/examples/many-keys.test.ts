import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/many-keys/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

test('the first and the last key of the file open, each counted for itself', async () => {
  const { base } = await serveKeysmith(['examples/many-keys', '--stub'])
  for (const { secret } of Object.values(demoKeys.keys)) {
    const answer = await fetch(`${base}/readings`, { method: 'POST', headers: { 'x-api-key': secret } })
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, '"rate";r=59;t=1'])
  }
})

test('what is wrong in a line is told at its place', async () => {
  const cwd = exampleCopy('many-keys')
  const file = join(cwd, 'keys.ndjson')
  const lines = readFileSync(file, 'utf8').split('\n')
  const column = (lines[11] ?? '').indexOf('"device"') + 1
  writeFileSync(file, lines.with(11, (lines[11] ?? '').replace('"device"', '"devise"')).join('\n'))
  const { exit, stdout } = await runKeysmith(['check'], { cwd })
  expect(exit).toBe(1)
  expect(stdout).toContain(`keys.ndjson:12:${column} error role-unknown`)
  expect(stdout).toContain('Did you mean "device"?')
})
