import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { group } from '../support/group.ts'
import { otherNode } from '../support/other-nodes.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A copy of Node is large, and is changed as a whole. */
const SLOW_MS = 60_000
const NAMES = ['gateway.mjs', 'manifest.json', 'sbom.cdx.json', 'uws.node']

function read(folder: string, name: string): Buffer {
  return readFileSync(join(folder, name))
}

test('what is deployed is a module, the addon beside it, a manifest and a list of software', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const { exit, stdout, stderr } = await runKeysmith(['build', '-o', 'out'], { cwd })
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' })
  expect(stderr).toMatch(/^wrote out\/gateway\.mjs \(0\.\d+ MiB\)\nwrote out\/uws\.node /)
  const out = join(cwd, 'out')
  expect(readdirSync(out).sort()).toEqual(NAMES)

  const manifest = JSON.parse(read(out, 'manifest.json').toString()) as Record<string, unknown>
  expect(manifest).toMatchObject({
    format: 1,
    gateway: 'small',
    configHash: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
    target: 'linux-x64',
    versions: { node: process.versions.node.split('.')[0], engine: expect.stringMatching(/^20\./) as unknown },
    features: ['admin'],
    files: ['gateway.mjs', 'uws.node', 'sbom.cdx.json'].map((name) => ({
      name,
      bytes: statSync(join(out, name)).size,
      sha256: createHash('sha256').update(read(out, name)).digest('hex'),
    })),
  })
})

test('the list of software names the packages that were bundled, with versions and licences', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  await runKeysmith(['build', '-o', 'out'], { cwd })
  // Safe: the shape is looked at below.
  const list = JSON.parse(read(join(cwd, 'out'), 'sbom.cdx.json').toString()) as {
    components: {
      name: string
      version: string
      purl: string
      licenses: { license: { id: string; text?: object } }[]
    }[]
  }
  expect(list).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })
  expect(list).not.toHaveProperty('serialNumber')
  expect(list.components.map(({ name }) => name)).toEqual([
    'keysmith',
    '@opentelemetry/api',
    'bintrees',
    'prom-client',
    'tdigest',
    'uWebSockets.js',
  ])
  const [, api] = list.components
  const installed = JSON.parse(readFileSync('node_modules/@opentelemetry/api/package.json', 'utf8')) as object
  expect(installed).toMatchObject({ version: api?.version })
  expect(api?.purl).toBe(`pkg:npm/%40opentelemetry/api@${api?.version}`)
  for (const { licenses } of list.components) expect(licenses[0]?.license.id).toMatch(/^(Apache-2\.0|MIT)$/)
})

test('helpers of validators are in the list, too', async () => {
  const out = join(temporaryFolder(), 'out')
  expect((await runKeysmith(['build', 'examples/abuse', '-o', out])).exit).toBe(0)
  expect(read(out, 'gateway.mjs').toString()).toContain('ajv/dist/runtime/ucs2length')
  expect(read(out, 'sbom.cdx.json').toString()).toMatch(/"pkg:npm\/ajv@\d/)
})

test('two builds in different folders have the same bytes', async () => {
  const folders = [0, 1].map(() => temporaryFolder({ 'gateway.yaml': SMALL_CONFIG }))
  for (const cwd of folders) await runKeysmith(['build', '-o', 'out'], { cwd })
  const [one = '', other = ''] = folders
  for (const name of NAMES) expect(read(join(one, 'out'), name).equals(read(join(other, 'out'), name))).toBe(true)
  expect(read(join(one, 'out'), 'gateway.mjs').toString()).not.toContain(one)
  expect(read(join(one, 'out'), 'gateway.mjs').toString()).not.toContain(process.cwd())
})

test(
  'two executables have the same bytes, and the manifest names the very Node in them',
  async () => {
    const folders = [0, 1].map(() => temporaryFolder({ 'gateway.yaml': SMALL_CONFIG }))
    for (const cwd of folders)
      expect(await runKeysmith(['build', '-o', 'out', '--single'], { cwd })).toMatchObject({ exit: 0, stdout: '' })
    const [one = '', other = ''] = folders.map((cwd) => join(cwd, 'out'))
    expect(readdirSync(one).sort()).toEqual(['gateway', 'manifest.json', 'sbom.cdx.json'])
    for (const name of readdirSync(one)) expect(read(one, name).equals(read(other, name))).toBe(true)
    expect(JSON.parse(read(one, 'manifest.json').toString())).toMatchObject({
      versions: { node: process.versions.node },
    })
    expect(read(one, 'sbom.cdx.json').toString()).toContain(`pkg:generic/node@${process.versions.node}`)
  },
  SLOW_MS,
)

test('a config with an error builds nothing and leaves what was there', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  await runKeysmith(['build', '-o', 'out'], { cwd })
  const before = read(join(cwd, 'out'), 'gateway.mjs')
  writeFileSync(join(cwd, 'gateway.yaml'), SMALL_CONFIG.replace('upstream: origin', 'upstream: orign'))
  const again = await runKeysmith(['build', '-o', 'out'], { cwd })
  expect(again.exit).toBe(1)
  expect(again.stderr).toContain('gateway.yaml:14:15 error upstream-unknown')
  expect(read(join(cwd, 'out'), 'gateway.mjs').equals(before)).toBe(true)
  expect((await runKeysmith(['build', '-o', 'other'], { cwd })).exit).toBe(1)
  expect(existsSync(join(cwd, 'other'))).toBe(false)
})

test('an earlier build is replaced, and what it left over goes', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  await runKeysmith(['build', '-o', 'out'], { cwd })
  const before = read(join(cwd, 'out'), 'gateway.mjs')
  writeFileSync(join(cwd, 'gateway.yaml'), SMALL_CONFIG.replace('name: small', 'name: larger'))
  writeFileSync(join(cwd, 'out', 'gateway'), 'of an earlier build')
  writeFileSync(join(cwd, 'out', 'notes.txt'), 'somebody else wrote this')
  expect((await runKeysmith(['build', '-o', 'out'], { cwd })).exit).toBe(0)
  expect(read(join(cwd, 'out'), 'gateway.mjs').equals(before)).toBe(false)
  expect(readdirSync(join(cwd, 'out')).sort()).toEqual([...NAMES, 'notes.txt'].sort())
})

test('a file that no build wrote is left alone, and so is all beside it', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG, 'out/gateway.mjs': 'mine' })
  const { exit, stderr } = await runKeysmith(['build', '-o', 'out'], { cwd })
  expect(exit).toBe(4)
  expect(stderr).toContain('gateway.mjs was not written by "keysmith build"')
  expect(readdirSync(join(cwd, 'out'))).toEqual(['gateway.mjs'])
  expect(read(join(cwd, 'out'), 'gateway.mjs').toString()).toBe('mine')
})

test.each([
  { args: [], says: "required option '-o, --output <dir>'", exit: 2 },
  { args: ['-o', 'out', '--target', 'win32-x64'], says: 'Allowed choices are linux-x64', exit: 2 },
  { args: ['-o', 'out', '--node', 'gateway.yaml'], says: 'gateway.yaml is no Node that runs here: EACCES', exit: 4 },
  { args: ['-o', 'out', '--node', '/bin/true'], says: '/bin/true is no Node that runs here', exit: 4 },
])('$args is refused', async ({ args, says, exit }) => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const result = await runKeysmith(['build', ...args], { cwd })
  expect(result.stderr).toContain(says)
  expect(result.exit).toBe(exit)
  expect(existsSync(join(cwd, 'out'))).toBe(false)
})

group('builds for another Node', () => {
  test('a Node without its engine is told what to install', async () => {
    const out = join(temporaryFolder(), 'out')
    const { program } = otherNode(24)
    vi.stubEnv('KEYSMITH_NATIVE_DIR', '')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { exit, stderr } = await runKeysmith(['build', 'examples/quickstart', '-o', out, '--node', program])
    // Node 24 needs a newer system than some have, and then does not even say what it is.
    expect(stderr).toMatch(/the engine "uWebSockets\.js-node24" is not installed|is no Node that runs here/)
    expect(exit).toBe(4)
  })
})
