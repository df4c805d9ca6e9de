import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runKeysmith } from '../support/run-keysmith.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const WITH_BODY = SMALL_CONFIG.replace(
  'GET /: { scope: things:read }',
  'POST /: { scope: things:read, body: thing.schema.json }',
)
const SCHEMA = '{ "type": "object", "required": ["name"] }'

test('the table is written beside its config, and a second time there is nothing to do', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const first = await runKeysmith(['compile'], { cwd })
  expect(first).toEqual({ exit: 0, stdout: '', stderr: 'wrote table.ts\nwrote keysmith.gitleaks.toml\n' })
  expect(readdirSync(cwd).sort()).toEqual(['gateway.yaml', 'keysmith.gitleaks.toml', 'table.ts'])
  expect(readFileSync(join(cwd, 'table.ts'), 'utf8')).toContain('satisfies GatewayTable')
  expect((await runKeysmith(['compile'], { cwd })).stderr).toBe('table.ts is up to date\n')
})

test('another folder is made when it is not there', async () => {
  const cwd = temporaryFolder({ 'conf/gateway.yaml': SMALL_CONFIG })
  const { exit, stderr } = await runKeysmith(['compile', 'conf', '-o', 'out/tables'], { cwd })
  expect({ exit, stderr }).toEqual({
    exit: 0,
    stderr: 'wrote out/tables/table.ts\nwrote out/tables/keysmith.gitleaks.toml\n',
  })
  expect(readdirSync(join(cwd, 'conf'))).toEqual(['gateway.yaml'])
})

test('validators come with the table and go when nothing is validated any more', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': WITH_BODY, 'thing.schema.json': SCHEMA })
  await runKeysmith(['compile'], { cwd })
  expect(existsSync(join(cwd, 'validators.js'))).toBe(true)
  expect(existsSync(join(cwd, 'validators.d.ts'))).toBe(true)

  writeFileSync(join(cwd, 'gateway.yaml'), SMALL_CONFIG)
  const { stderr } = await runKeysmith(['compile'], { cwd })
  expect(stderr).toBe('wrote table.ts\nremoved validators.js\nremoved validators.d.ts\n')
  expect(readdirSync(cwd).sort()).toEqual(['gateway.yaml', 'keysmith.gitleaks.toml', 'table.ts', 'thing.schema.json'])
})

test("somebody's own files are neither replaced nor removed", async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG, 'validators.js': 'mine', 'out/table.ts': 'mine' })
  expect((await runKeysmith(['compile'], { cwd })).exit).toBe(0)
  expect(readFileSync(join(cwd, 'validators.js'), 'utf8')).toBe('mine')

  const { exit, stderr } = await runKeysmith(['compile', '-o', 'out'], { cwd })
  expect(exit).toBe(4)
  expect(stderr).toContain('was not written by "keysmith compile"')
  expect(readFileSync(join(cwd, 'out/table.ts'), 'utf8')).toBe('mine')
})

test('a config with a fault leaves what is there as it is', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  await runKeysmith(['compile'], { cwd })
  const before = readFileSync(join(cwd, 'table.ts'), 'utf8')
  writeFileSync(join(cwd, 'gateway.yaml'), SMALL_CONFIG.replace('upstream: origin', 'upstream: orign'))
  const { exit, stdout, stderr } = await runKeysmith(['compile'], { cwd })
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toContain('gateway.yaml:14:15 error upstream-unknown')
  expect(readFileSync(join(cwd, 'table.ts'), 'utf8')).toBe(before)
})

test('--check writes nothing and fails for what differs or is left over', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const missing = await runKeysmith(['compile', '--check'], { cwd })
  expect(missing.exit).toBe(1)
  expect(missing.stderr).toBe(
    ['table.ts', 'keysmith.gitleaks.toml']
      .map((name) => `${name} differs from what gateway.yaml compiles to\n`)
      .join(''),
  )
  expect(readdirSync(cwd)).toEqual(['gateway.yaml'])
  await runKeysmith(['compile'], { cwd })
  expect(await runKeysmith(['compile', '--check'], { cwd })).toEqual({ exit: 0, stdout: '', stderr: '' })
})

test('a folder that cannot be written to is a fault of the surroundings, and nothing is left in it', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG, out: 'a file' })
  const { exit, stderr } = await runKeysmith(['compile', '-o', 'out/deeper'], { cwd })
  expect(exit).toBe(4)
  expect(stderr).toMatch(/^error: Cannot .*: a part of the path is not a folder\.\n$/)
  expect(readdirSync(cwd).sort()).toEqual(['gateway.yaml', 'out'])
})
