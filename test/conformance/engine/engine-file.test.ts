import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { findEngine, openEngine, pinnedFor, thisHost } from '../../../runtime/engine/load.ts'
import { group } from '../../support/group.ts'
import { KEYSMITH, runKeysmith } from '../../support/run-keysmith.ts'
import { startTestGateway } from '../../support/running-gateway.ts'
import { SMALL_CONFIG } from '../../support/small-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const FOLDER_VARIABLE = 'KEYSMITH_NATIVE_DIR'
const ADDON = createRequire(import.meta.url).resolve(`${pinnedFor(thisHost()).name}/uws.node`)

afterEach(() => {
  delete process.env[FOLDER_VARIABLE]
})

/** Serves with an engine from a folder. */
function serveWith(folder: string) {
  process.env[FOLDER_VARIABLE] = folder
  return runKeysmith(['serve', temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })])
}

describe('row 23: an engine that cannot be loaded is named, with what to do', () => {
  test.each([
    [{ nodeMajor: 20, platform: 'linux-arm64' }, 'linux-arm64 with Node 20'],
    [{ nodeMajor: 20, platform: 'darwin-arm64' }, 'darwin-arm64 with Node 20'],
    [{ nodeMajor: 19, platform: 'linux-x64' }, 'linux-x64 with Node 19'],
  ])('%o has none', (host, name) => {
    expect(() => findEngine(host)).toThrow(
      `there is no engine for ${name}; there are ones for linux-x64 with Node 20, `,
    )
  })

  test('one that is not installed is told with what installs it', () => {
    const other = [20, 22].find((major) => major !== thisHost().nodeMajor)
    expect(() => findEngine({ nodeMajor: other ?? 0, platform: 'linux-x64' })).toThrow(
      /^the engine "uWebSockets\.js(-node20)?" is not installed \(.+\): npm takes it where there is glibc, for the Node that runs npm; run "npm ci" with Node \d+, or set KEYSMITH_NATIVE_DIR to a folder that holds its uws\.node$/,
    )
  })

  test('a folder without it ends serve with 4, one line and no stack', async () => {
    const folder = temporaryFolder()
    const { exit, stdout, stderr } = await serveWith(folder)
    expect([exit, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(new RegExp(`the engine ${folder}/uws\\.node cannot be read \\(ENOENT[^)]*\\)\\n$`))
  })

  test('a file of which one byte is different is not loaded', async () => {
    const folder = temporaryFolder()
    const bytes = readFileSync(ADDON)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(join(folder, 'uws.node'), bytes)
    process.env[FOLDER_VARIABLE] = folder
    const refused = await startTestGateway(SMALL_CONFIG).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'StartFault' })
    expect(String(refused)).toContain(
      `the engine ${folder}/uws.node is not the one that Keysmith was built with (SHA-256 `,
    )
    expect(String(refused)).toContain('run "npm ci", or set KEYSMITH_NATIVE_DIR to a folder with the right uws.node')
  })

  test('the right file in another folder serves', async () => {
    const folder = temporaryFolder()
    copyFileSync(ADDON, join(folder, 'uws.node'))
    process.env[FOLDER_VARIABLE] = folder
    expect(findEngine()).toBe(join(folder, 'uws.node'))
  })

  test('a file that is no addon is told with what may be the matter', () => {
    const file = join(temporaryFolder({ 'uws.node': 'no addon' }), 'uws.node')
    expect(() => openEngine(file)).toThrow(
      /^the engine .*uws\.node does not load \(.+\): the folder may forbid execution \(noexec\), or the system is not glibc: set KEYSMITH_NATIVE_DIR/,
    )
  })
})

group('folders that forbid execution', () => {
  test('row 23: an engine in such a folder ends serve with 4, and says so', () => {
    const config = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
    const mount = temporaryFolder()
    const script = `
      mount -t tmpfs -o noexec tmpfs "${mount}"
      cp "${ADDON}" "${mount}/uws.node"
      ${FOLDER_VARIABLE}="${mount}" "${process.execPath}" "${KEYSMITH}" serve "${config}" 2>&1 || echo "exit $?"`
    const output = execFileSync('unshare', ['-m', 'sh', '-ec', script], { encoding: 'utf8' })
    expect(output).toContain(`the engine ${mount}/uws.node does not load (`)
    expect(output).toContain('the folder may forbid execution (noexec)')
    expect(output).toMatch(/exit 4\n$/)
    expect(output).not.toMatch(/^\s+at /m)
  })
})
