import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordOutput } from '../support/run-record.ts'
import { startServing } from '../support/serve-keysmith.ts'

/** Of packages that "npm ci" has fetched before, mostly from npm's cache. */
const INSTALL_MS_MAX = 180_000
/** npx starts npm, which takes a second or more by itself. */
const TEST_MS_MAX = 60_000
/** They load what is loaded when it is needed: the prover of patterns, the parser of conditions, the readers of tokens. */
const CHECKED_EXAMPLES = ['abuse', 'conditions', 'tokens']

describe('the package, packed and installed into an empty folder', { timeout: TEST_MS_MAX }, () => {
  // A path without links: npm writes a relative one to the package into its lock file.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keysmith-packed-')))
  const cwd = join(folder, 'project')
  const run = (program: string, ...args: string[]): string => {
    const output = execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    recordOutput(args.join(' '), output)
    return output
  }

  beforeAll(() => {
    mkdirSync(cwd)
    // "npm test" has built: a build here would pull dist/ from under other tests.
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
    const file = execFileSync('npm', pack, { encoding: 'utf8' }).trim()
    run('npm', 'install', join(folder, file), '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund')
  }, INSTALL_MS_MAX)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('serves a new gateway with stubs', async () => {
    const secret = run('npx', '--no', '--', 'keysmith', 'init', 'shop').trim()
    const free = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const serve = ['--no', '--', 'keysmith', 'serve', 'shop', '--stub', ...free]
    const { base, admin } = await startServing('npx', serve, { cwd })
    expect((await fetch(`${base}/status`)).status).toBe(200)
    expect((await fetch(`${base}/v1/notes`)).status).toBe(401)
    expect((await fetch(`${base}/v1/notes`, { headers: { 'x-api-key': secret } })).status).toBe(200)
    expect((await fetch(`${admin}/readyz`)).status).toBe(200)
  })

  test('serves the quickstart with stubs, up to its limit', async () => {
    cpSync('examples/quickstart/gateway.yaml', join(cwd, 'gateway.yaml'))
    cpSync('examples/quickstart/demo-keys.json', join(cwd, 'demo-keys.json'))
    const free = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const served = await startServing('npx', ['--no', '--', 'keysmith', 'serve', '--stub', ...free], { cwd })
    await served.tells('-> 429\n')
    const secret = /x-api-key: (\S+)'/.exec(served.told())?.[1] ?? ''
    const statuses: number[] = []
    const headers = { 'x-api-key': secret }
    for (let i = 0; i < 6; i++) statuses.push((await fetch(`${served.base}/orders/report`, { headers })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })

  test.each(CHECKED_EXAMPLES)('proves examples/%s', (name) => {
    cpSync(join('examples', name), join(cwd, name), { recursive: true })
    expect(run('npx', '--no', '--', 'keysmith', 'check', name)).toContain('No errors, no warnings.')
  })

  test('builds what is deployed, from the sources that it has of the runtime', async () => {
    const anyPort = readFileSync('examples/quickstart/gateway.yaml', 'utf8').replace(
      /127\.0\.0\.1:(8080|9901)/g,
      '127.0.0.1:0',
    )
    mkdirSync(join(cwd, 'deployed'))
    writeFileSync(join(cwd, 'deployed/gateway.yaml'), anyPort)
    run('npx', '--no', '--', 'keysmith', 'build', 'deployed', '-o', 'built')
    const { base } = await startServing(process.execPath, ['built/gateway.mjs'], { cwd })
    expect((await fetch(`${base}/orders`)).status).toBe(401)
  })

  test('has the type of the table that it writes', () => {
    cpSync('examples/conditions', join(cwd, 'compiled'), { recursive: true })
    run('npx', '--no', '--', 'keysmith', 'compile', 'compiled')
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: [] }
    writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['compiled/table.ts'] }))
    expect(run(process.execPath, resolve('node_modules/typescript/bin/tsc'), '-p', cwd)).toBe('')
  })
})
