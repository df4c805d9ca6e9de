import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkConfig } from '../../compiler/compile.ts'
import { digestOf } from '../../compiler/tools/keys/make-secret.ts'
import { shellLines } from '../support/read-pieces.ts'
import { KEYSMITH, runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const FILES = ['.github/workflows/keysmith.yml', '.gitignore', 'README.md', 'gateway.yaml']

/** A folder for which Keysmith is installed, as npm would. */
function installed(): string {
  const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${KEYSMITH}' "$@"\n`
  const folder = temporaryFolder({ 'node_modules/.bin/keysmith': wrapper })
  spawnSync('chmod', ['+x', join(folder, 'node_modules/.bin/keysmith')])
  symlinkSync(resolve('.'), join(folder, 'node_modules/keysmith'))
  return folder
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

async function initialised(): Promise<{ cwd: string; result: CommandResult }> {
  const folder = installed()
  const result = await runKeysmith(['init', 'my-gateway'], { cwd: folder })
  return { cwd: join(folder, 'my-gateway'), result }
}

test('a gateway is written, and the secret of its first key is printed once', async () => {
  const { cwd, result } = await initialised()
  expect(result.exit).toBe(0)
  expect(result.stdout).toMatch(/^mygateway_live_[0-9A-Za-z]{38}\n$/)
  expect(result.stderr).not.toContain(result.stdout.trim())
  expect(filesIn(cwd)).toEqual(FILES)

  const config = readFileSync(join(cwd, 'gateway.yaml'), 'utf8')
  expect(config).toContain(`digest: ${digestOf(result.stdout.trim())}\n`)
  for (const file of FILES) expect(readFileSync(join(cwd, file), 'utf8')).not.toContain(result.stdout.trim())
})

test('its first line leads an editor to the schema', async () => {
  const { cwd } = await initialised()
  const [, path = ''] =
    /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')) ?? []
  expect(JSON.parse(readFileSync(resolve(cwd, path), 'utf8')).$id).toBe('gateway.schema.json')
})

test('its config has no diagnostic today, nor in ten months', async () => {
  const { cwd } = await initialised()
  for (const days of [0, 300]) {
    const atMs = Date.now() + days * 86_400_000
    const options = { schemaFolder: resolve('schemas'), cwd, atMs }
    expect(checkConfig(join(cwd, 'gateway.yaml'), options).diagnostics).toEqual([])
  }
})

test('every command of its workflow passes', async () => {
  const { cwd } = await initialised()
  const workflow = parse(readFileSync(join(cwd, '.github/workflows/keysmith.yml'), 'utf8'))
  const steps: { run?: string }[] = workflow.jobs.check.steps
  const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]))
  expect(commands).toHaveLength(2)
  // What "npm install" leaves behind, for a package that needs nothing.
  writeFileSync(join(cwd, 'package.json'), '{ "name": "my-gateway", "version": "1.0.0" }')
  writeFileSync(
    join(cwd, 'package-lock.json'),
    '{ "name": "my-gateway", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "my-gateway", "version": "1.0.0" } } }',
  )
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' })
    expect({ command, status, stdout, stderr }).toMatchObject({ status: 0 })
  }
})

test('the commands of its README that make and check do what they say', { timeout: 60_000 }, async () => {
  const { cwd } = await initialised()
  const commands = shellLines(readFileSync(join(cwd, 'README.md'), 'utf8')).filter((line) =>
    / (check|keys) /.test(line),
  )
  expect(commands).toHaveLength(4)
  for (const command of commands) expect(spawnSync('sh', ['-c', command], { cwd }).status).toBe(0)
  expect(readFileSync(join(cwd, 'revoked.txt'), 'utf8').match(/^sha256:/gm)).toHaveLength(2)
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toContain('      second-key:\n')
})

test('a file that is there already is not replaced, and nothing else is written', async () => {
  const cwd = temporaryFolder({ 'README.md': 'mine' })
  const { exit, stdout, stderr } = await runKeysmith(['init'], { cwd })
  expect({ exit, stdout }).toEqual({ exit: 4, stdout: '' })
  expect(stderr).toBe('error: README.md is there already. Nothing was written.\n')
  expect(filesIn(cwd)).toEqual(['README.md'])
  expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('mine')
})
