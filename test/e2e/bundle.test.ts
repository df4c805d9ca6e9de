import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { compile } from '../../compiler/compile.ts'
import { BUILD_NAMES, buildGateway } from '../../compiler/tools/build/build.ts'
import { findNode } from '../../compiler/tools/build/find-node.ts'
import { replaceOutput } from '../../compiler/tools/build/output-folder.ts'
import { AT_MS, SCHEMA_FOLDER, summaryOf, VALIDATORS } from '../support/check.ts'
import { BUILT_RUNTIME } from '../support/running-gateway.ts'
import { BUNDLE_KEY, bundleConfig, REVOKED_KEY } from '../support/bundle-config.ts'
import { echoOrigin } from '../support/echo-origin.ts'
import { group } from '../support/group.ts'
import { otherNode } from '../support/other-nodes.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { startServing, type ServedProcess } from '../support/serve-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { digestOf } from '../support/make-secret.ts'

const BUNDLE_BYTES_MAX = 1_500_000
const NOBODY = 65_534
const SECRETS = { DEPLOYED_TOKEN: 'token-of-the-environment' }
const BASE_ENV = { PATH: process.env['PATH'] ?? '' }
/** A copy of Node is large, and is changed as a whole. */
const SLOW_MS = 60_000
const FREE_PORT = ['--listen', '127.0.0.1:0']

beforeAll(() => {
  // Whoever starts what was built in a temporary folder need not be who made it.
  process.umask(0o022)
})

interface Built {
  /** Holds what was built, and nothing else. */
  readonly out: string
  /** Where it runs: the files that the config names lie there. */
  readonly cwd: string
}

interface BuildOptions {
  readonly single?: true
  readonly node?: string
}

/** Builds a gateway of two threads. */
async function buildFor(port: number, options: BuildOptions = {}): Promise<Built> {
  const folder = temporaryFolder({
    'run/token.txt': 'token-of-a-file\n',
    'run/revoked.txt': `${digestOf(REVOKED_KEY)}\n`,
  })
  chmodSync(folder, 0o755)
  const [out, cwd] = [join(folder, 'out'), join(folder, 'run')]
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, bundleConfig(port, cwd))
  const compiled = await compile(file, { schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, atMs: AT_MS, cwd })
  if (compiled.files === null) throw new Error(summaryOf(compiled.diagnostics).join('\n'))
  const { files } = await buildGateway({
    files: compiled.files,
    single: options.single === true,
    node: findNode(options.node, cwd),
    runtimeFile: BUILT_RUNTIME,
    runtimeFolder: resolve('runtime'),
    version: '0.1.0',
  })
  replaceOutput(out, files, BUILD_NAMES)
  return { out, cwd }
}

async function ask(served: ServedProcess, key: string, path = '/things/1') {
  const answer = await fetch(served.base + path, { headers: { 'x-api-key': key } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

async function expectToServe(served: ServedProcess): Promise<void> {
  expect(await ask(served, BUNDLE_KEY)).toMatchObject({
    status: 200,
    body: { authorization: `Bearer ${SECRETS.DEPLOYED_TOKEN}`, 'x-file': 'token-of-a-file', 'x-keysmith-key': 'b' },
  })
  expect(await ask(served, 'nonsense')).toMatchObject({ status: 401, body: { code: 'invalid-key' } })
  expect(await ask(served, REVOKED_KEY)).toMatchObject({ status: 401, body: { code: 'revoked-key' } })
  const table = (await (await fetch(`${served.admin}/table`)).json()) as object
  expect(table).toMatchObject({ gateway: 'deployed', threads: 2 })
  expect(await (await fetch(`${served.admin}/readyz`)).json()).toMatchObject({ ready: true })
}

test('the quickstart fits into a megabyte and a half', async () => {
  const out = join(temporaryFolder(), 'out')
  expect((await runKeysmith(['build', 'examples/quickstart', '-o', out])).exit).toBe(0)
  expect(statSync(join(out, 'gateway.mjs')).size).toBeLessThan(BUNDLE_BYTES_MAX)
})

test('a bundle serves with nothing but the addon beside it', async () => {
  const { out, cwd } = await buildFor((await echoOrigin()).port)
  for (const name of ['manifest.json', 'sbom.cdx.json']) rmSync(join(out, name))
  const served = await startServing(process.execPath, [join(out, 'gateway.mjs'), ...FREE_PORT], {
    cwd,
    env: { ...BASE_ENV, ...SECRETS },
  })
  await expectToServe(served)
  served.signal('SIGTERM')
  expect(await served.ended).toBe(0)
})

group('a bundle on a read-only machine', () => {
  /** Runs a program as nobody, where no file of the machine can be written to, but for those in a few places. */
  const asNobody = (built: Built, command: readonly string[], readOnly: readonly string[]) => {
    const remount = readOnly.map((place) => `mount -o remount,bind,ro ${place}`).join(' && ')
    const drop = `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups "$@"`
    const script = `mount --make-rprivate / && ${remount} && cd "$0" && ${drop}`
    const args = ['-m', 'sh', '-ec', script, built.cwd, ...command, ...FREE_PORT]
    return startServing('unshare', args, { env: { ...BASE_ENV, ...SECRETS } })
  }

  test('a bundle serves as another user where nothing can be written to', async () => {
    const built = await buildFor((await echoOrigin()).port)
    const served = await asNobody(built, [process.execPath, join(built.out, 'gateway.mjs')], ['/', '/dev/shm'])
    await expectToServe(served)
  })

  test(
    'an executable serves as another user where it can write to memory alone',
    async () => {
      const built = await buildFor((await echoOrigin()).port, { single: true })
      const served = await asNobody(built, [join(built.out, 'gateway')], ['/'])
      await expectToServe(served)
      rmSync(`/dev/shm/keysmith-${NOBODY}`, { recursive: true })
    },
    SLOW_MS,
  )

  test(
    'an executable passes by memory that forbids execution, and says so where there is nothing else',
    async () => {
      const { out, cwd } = await buildFor(1, { single: true })
      const env = { ...BASE_ENV, ...SECRETS, TMPDIR: cwd }
      const forbid = 'mount --make-rprivate / && mount -t tmpfs -o noexec none /dev/shm && cd "$0"'
      const check = '"$@" --check && mount -o remount,bind,ro / && ! TMPDIR=/dev/shm "$@" --check 2>&1'
      const args = ['-m', 'sh', '-ec', `${forbid} && ${check}`, cwd, join(out, 'gateway')]
      const { stdout } = await promisify(execFile)('unshare', args, { env })
      const [first, ...rest] = stdout.split('\n')
      expect(first).toBe('Nothing is missing.')
      expect(readdirSync(cwd).filter((name) => name.startsWith('keysmith-'))).toHaveLength(1)
      expect(rest.join('\n')).toContain('error: the engine can be written to none of these:')
      expect(rest.join('\n')).toContain('  /dev/shm: files there may not be executed (noexec)')
      expect(rest.join('\n')).toContain(`  ${out}: EROFS`)
    },
    SLOW_MS,
  )
})

test('all that is missing is said at once', async () => {
  const { out, cwd } = await buildFor((await echoOrigin()).port)
  rmSync(join(cwd, 'token.txt'))
  rmSync(join(out, 'uws.node'))
  vi.stubEnv('KEYSMITH_NATIVE_DIR', '')
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const args of [[], ['--check']]) {
    const { exit, stdout, stderr } = await runKeysmith(args, { program: join(out, 'gateway.mjs'), cwd })
    expect({ exit, stdout }).toEqual({ exit: 4, stdout: '' })
    expect(stderr).toContain('error: 2 secrets are missing or cannot be used:')
    expect(stderr).toContain('token: the environment variable DEPLOYED_TOKEN is not set')
    expect(stderr).toContain(`file: the file ${JSON.stringify(join(cwd, 'token.txt'))} does not exist`)
    expect(stderr).toMatch(/the engine \S*uws\.node cannot be read/)
  }
})

test('where nothing is missing, a check says so and serves nothing', async () => {
  const { out, cwd } = await buildFor((await echoOrigin()).port)
  const child = spawn(process.execPath, [join(out, 'gateway.mjs'), '--check'], {
    cwd,
    env: { ...BASE_ENV, ...SECRETS },
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  expect(await once(child, 'close')).toEqual([0, null])
  expect(printed).toBe('Nothing is missing.\n')
})

test.each([
  { args: ['--help'], exit: 0, prints: /^Serves the gateway that it was built from/, tells: /^$/ },
  { args: ['--version'], exit: 0, prints: /^deployed [0-9a-f]{16}, Keysmith 0\.1\.0, for Node 2\d\n$/, tells: /^$/ },
  { args: ['--port', '1'], exit: 2, prints: /^$/, tells: /^error: Unknown option '--port'/ },
  { args: ['--listen', 'here:1'], exit: 2, prints: /^$/, tells: /^error: --listen must be an IP address and a port/ },
])('$args is answered', async ({ args, exit, prints, tells }) => {
  const { out, cwd } = await buildFor(1)
  const result = await runKeysmith(args, { program: join(out, 'gateway.mjs'), cwd })
  expect(result.exit).toBe(exit)
  expect(result.stdout).toMatch(prints)
  expect(result.stderr).toMatch(tells)
})

test('SIGHUP reads secrets and revocations again; secrets that are gone leave those of before', async () => {
  const { out, cwd } = await buildFor((await echoOrigin()).port)
  const served = await startServing(process.execPath, [join(out, 'gateway.mjs'), ...FREE_PORT], {
    cwd,
    env: { ...BASE_ENV, ...SECRETS },
  })
  expect(await ask(served, BUNDLE_KEY)).toMatchObject({ body: { 'x-file': 'token-of-a-file' } })

  writeFileSync(join(cwd, 'token.new'), 'another-token\n')
  renameSync(join(cwd, 'token.new'), join(cwd, 'token.txt'))
  served.signal('SIGHUP')
  await served.tells('Secrets and revocations are read again.')
  expect(await ask(served, BUNDLE_KEY)).toMatchObject({ status: 200, body: { 'x-file': 'another-token' } })

  rmSync(join(cwd, 'token.txt'))
  served.signal('SIGHUP')
  await served.tells('Those of before go on.')
  expect(served.told()).toContain(`the file ${JSON.stringify(join(cwd, 'token.txt'))} does not exist`)
  expect(await ask(served, BUNDLE_KEY)).toMatchObject({ status: 200, body: { 'x-file': 'another-token' } })
})

test('SIGTERM lets a request finish that is under way', async () => {
  const origin = await echoOrigin()
  const { out, cwd } = await buildFor(origin.port)
  const served = await startServing(process.execPath, [join(out, 'gateway.mjs'), ...FREE_PORT], {
    cwd,
    env: { ...BASE_ENV, ...SECRETS },
  })
  const answer = ask(served, BUNDLE_KEY, '/things/slow')
  const slow = await origin.slow
  served.signal('SIGTERM')
  await served.tells('Stopping: what is in flight is finished first.')
  slow.end('{"late":true}')
  expect(await answer).toEqual({ status: 200, body: { late: true } })
  expect(await served.ended).toBe(0)
})

test(
  'an executable serves with threads, where there is neither Node nor anything else',
  async () => {
    const { out, cwd } = await buildFor((await echoOrigin()).port, { single: true })
    const native = join(cwd, 'native')
    mkdirSync(native)
    const env = { ...SECRETS, KEYSMITH_NATIVE_DIR: native }
    const served = await startServing(join(out, 'gateway'), FREE_PORT, { cwd, env })
    await expectToServe(served)
    served.signal('SIGTERM')
    expect(await served.ended).toBe(0)
  },
  SLOW_MS,
)

group('bundles for another Node', () => {
  const { program, engineFolder } = otherNode(22)

  test(
    'a Node that is named is what the executable holds',
    async () => {
      const { port } = await echoOrigin()
      vi.stubEnv('KEYSMITH_NATIVE_DIR', engineFolder)
      const { out, cwd } = await buildFor(port, { single: true, node: program })
      vi.unstubAllEnvs()
      expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toMatchObject({
        versions: { node: expect.stringMatching(/^22\.\d+\.\d+$/) as unknown },
      })
      const served = await startServing(join(out, 'gateway'), FREE_PORT, { cwd, env: SECRETS })
      await expectToServe(served)
      expect(served.told()).not.toContain('Warning')
    },
    SLOW_MS,
  )

  test('a Node that it was not built for says so', async () => {
    vi.stubEnv('KEYSMITH_NATIVE_DIR', engineFolder)
    const { out, cwd } = await buildFor(1, { node: program })
    vi.unstubAllEnvs()
    const result = await runKeysmith(['--check'], { program: join(out, 'gateway.mjs'), cwd })
    if (process.versions.node.startsWith('22.')) return expect(result.stderr).toContain('DEPLOYED_TOKEN is not set')
    expect(result.exit).toBe(4)
    expect(result.stderr).toMatch(
      /^error: this gateway was built for Node 22, and this is Node \d+: run it with Node 22/,
    )
  })
})
