import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { KEYSMITH, runKeysmith } from '../support/run-keysmith.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('--version and --help are results', async () => {
  expect(await runKeysmith(['--version'])).toEqual({ exit: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  const help = await runKeysmith(['--help'])
  expect({ exit: help.exit, stderr: help.stderr }).toEqual({ exit: 0, stderr: '' })
  expect(help.stdout).toContain('check [options] [file]')
})

test.each([
  { wrong: 'no command', args: [] },
  { wrong: 'an unknown command', args: ['chek'] },
  { wrong: 'an unknown option', args: ['check', '--strct'] },
  { wrong: 'an unknown format', args: ['check', '--format', 'xml'] },
  { wrong: 'a time that is none', args: ['check', '--at', '2026-02-30'] },
  { wrong: 'one argument too many', args: ['check', 'a', 'b'] },
])('$wrong is a wrong use', async ({ args }) => {
  const { exit, stdout, stderr } = await runKeysmith(args)
  expect(exit).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).not.toBe('')
})

test('a misspelt command is told the one that was meant', async () => {
  expect((await runKeysmith(['chek'])).stderr).toContain('Did you mean check?')
})

/** A copy of what is installed, to be broken. */
function installedCopy(): { program: string; schemas: string; cwd: string } {
  const cwd = temporaryFolder({ 'config/gateway.yaml': SMALL_CONFIG })
  cpSync(resolve(KEYSMITH, '../..'), join(cwd, 'dist'), { recursive: true })
  cpSync('schemas', join(cwd, 'schemas'), { recursive: true })
  cpSync('package.json', join(cwd, 'package.json'))
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  return { program: join(cwd, 'dist/compiler/cli.js'), schemas: join(cwd, 'schemas'), cwd: join(cwd, 'config') }
}

test('schemas that are missing are a fault of the surroundings', async () => {
  const { program, schemas, cwd } = installedCopy()
  rmSync(schemas, { recursive: true })
  const { exit, stderr } = await runKeysmith(['check'], { program, cwd })
  expect(exit).toBe(4)
  expect(stderr).toBe(
    `error: The language's schemas are not in ${schemas}. Keysmith is not installed whole: install it again.\n`,
  )
})

test('a throw that nobody expected is a bug, and says so with its stack', async () => {
  const { program, schemas, cwd } = installedCopy()
  writeFileSync(join(schemas, 'units.schema.json'), '{')
  const { exit, stdout, stderr } = await runKeysmith(['check'], { program, cwd })
  expect({ exit, stdout }).toEqual({ exit: 70, stdout: '' })
  expect(stderr).toMatch(/SyntaxError[^]*\n +at [^]*\nThis is a bug in Keysmith 0\.\d+\.\d+\. Please report it/)
})

test('a reader that goes away early changes nothing', () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG.replace('upstream: origin', 'upstream: orign') })
  const script = `{ "$0" "$1" check --format sarif; echo "exit $?" >&2; } | true`
  const { stderr } = spawnSync('sh', ['-c', script, process.execPath, KEYSMITH], { cwd, encoding: 'utf8' })
  expect(stderr).toBe('exit 1\n')
})

test('a name that a terminal would act upon is escaped in a fault', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG, 'a\u001b[2J': 'a file' })
  const { exit, stderr } = await runKeysmith(['compile', '-o', 'a\u001b[2J/b'], { cwd })
  expect(exit).toBe(4)
  expect(stderr).toContain('a\\u001b[2J')
  expect(stderr).not.toContain('\u001b')
})
