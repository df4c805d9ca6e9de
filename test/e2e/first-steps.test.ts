import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { group } from '../support/group.ts'
import { shellLines } from '../support/read-pieces.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('a new gateway serves its first key, and one that is made while it serves', async () => {
  const cwd = temporaryFolder()
  const first = await runKeysmith(['init'], { cwd })
  const { base, tells } = await serveKeysmith(['--stub', '--watch'], { cwd })
  const statusWith = async (secret: string): Promise<number> => {
    const answer = await fetch(`${base}/v1/notes`, { headers: { 'x-api-key': secret.trim() } })
    await answer.arrayBuffer()
    return answer.status
  }
  expect(await statusWith(first.stdout)).toBe(200)

  const args = ['keys', 'new', '--tenant', 'first', '--id', 'reader', '--scopes', 'notes:read', '--expires', '90d']
  const second = await runKeysmith([...args, '--write'], { cwd })
  expect(second.exit).toBe(0)
  await tells('The new table serves now.')
  expect(await statusWith(second.stdout)).toBe(200)
  expect(await statusWith(first.stdout)).toBe(200)
})

group('printed curl lines', () => {
  test('the requests in the README of a new gateway are answered', async () => {
    const cwd = temporaryFolder()
    const { stdout: secret } = await runKeysmith(['init'], { cwd })
    const { base } = await serveKeysmith(['--stub'], { cwd })
    const lines = shellLines(readFileSync(join(cwd, 'README.md'), 'utf8')).filter((line) => line.startsWith('curl '))
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      const command = line.replace('http://127.0.0.1:8080', base)
      const env = { ...process.env, SECRET: secret.trim() }
      const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', env })
      expect(stdout).toMatch(/^HTTP\/1\.1 200 /)
    }
  })
})
