import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exampleCopy } from '../support/example-copy.ts'
import { group } from '../support/group.ts'
import { otherNode } from '../support/other-nodes.ts'
import { KEYSMITH } from '../support/run-keysmith.ts'
import { startServing } from '../support/serve-keysmith.ts'

const SERVE = [KEYSMITH, 'serve', 'examples/quickstart', '--stub', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
const PACKAGE = 'package.json'
const OTHER_NODES = 'test/other-nodes/package.json'
/** The engines for Node 24 and 26 were linked with glibc 2.38. */
const GLIBC_MINOR_NEEDED = 38

test('the engines that the tests take are those that the package names', () => {
  const { optionalDependencies: named } = readJson(PACKAGE)
  const { dependencies: tested } = readJson(OTHER_NODES)
  expect(tested?.['engine-22']).toBe(named?.['uWebSockets.js'])
  expect(tested?.['engine-24']).toBe(named?.['uWebSockets.js-node24'])
})

group('Nodes beside this one', () => {
  test('Node 24 compiles', () => {
    const folder = exampleCopy('quickstart')
    rmSync(`${folder}/table.ts`)
    expect(spawnSync(otherNode(24).program, [KEYSMITH, 'compile', folder]).status).toBe(0)
    expect(readFileSync(`${folder}/table.ts`)).toEqual(readFileSync('examples/quickstart/table.ts'))
  })

  test.each([22, 24] as const)('what is called Node %i is', (major) => {
    const { stdout } = spawnSync(otherNode(major).program, ['--version'], { encoding: 'utf8' })
    expect(stdout).toMatch(new RegExp(`^v${major}\\.`))
  })

  test('Node 22 compiles and serves the quickstart', async () => {
    await servesQuickstart(22)
  })

  test.runIf(isGlibcNewEnough())(
    'Node 24 compiles and serves the quickstart where the C library allows it',
    async () => {
      await servesQuickstart(24)
    },
  )

  test.skipIf(isGlibcNewEnough())('Node 24 on an older C library ends with 4 and says what to do', () => {
    const { program, engineFolder } = otherNode(24)
    const env = { ...process.env, KEYSMITH_NATIVE_DIR: engineFolder }
    const { status, stdout, stderr } = spawnSync(program, SERVE, { env, encoding: 'utf8' })
    expect(stderr).toMatch(/^error: the engine .*uws\.node does not load \(.*GLIBC_2\.38.*\): [^\n]+\n$/)
    expect(stderr).toContain(
      "this system's C library is older than the engine needs: use Node 20 or 22, or a newer system",
    )
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
  })

  test('a Node whose engine is not installed ends with 4 and says what to run', () => {
    const major = isThisNode24() ? 22 : 24
    const { program } = otherNode(major)
    const { status, stderr } = spawnSync(program, SERVE, { encoding: 'utf8' })
    expect(stderr).toMatch(/^error: the engine "uWebSockets\.js[-\w]*" is not installed \([^\n]+\n$/)
    expect(stderr).toContain(`for the Node that runs npm; run "npm ci" with Node ${major}, or set KEYSMITH_NATIVE_DIR`)
    expect(status).toBe(4)
  })
})

async function servesQuickstart(major: 22 | 24): Promise<void> {
  const { program, engineFolder } = otherNode(major)
  const env = { ...process.env, KEYSMITH_NATIVE_DIR: engineFolder }
  const served = await startServing(program, SERVE, { env })
  expect((await fetch(`${served.base}/books`)).status).toBe(200)
  expect((await fetch(`${served.base}/orders`)).status).toBe(401)
  served.signal('SIGTERM')
  expect(await served.ended).toBe(0)
}

/** Of the engines, npm installs the one that fits the Node which runs npm. */
function isThisNode24(): boolean {
  return process.versions.node.startsWith('24.')
}

function isGlibcNewEnough(): boolean {
  // Safe: a report is an object, and what is not in it is undefined.
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  const minor = /^2\.(\d+)/.exec(header.glibcVersionRuntime ?? '')?.[1]
  return Number(minor ?? 0) >= GLIBC_MINOR_NEEDED
}

function readJson(file: string): Record<string, Readonly<Record<string, string>> | undefined> {
  // Safe: the parts of a package.json that are asked for are maps of texts.
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Readonly<Record<string, string>> | undefined>
}
