import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ADDON_NAME, CODE_NAME } from './bundle-gateway.ts'

const run = promisify(execFile)

/** Node looks for its program under this name, and for this mark, which says whether there is one. */
const BLOB_NAME = 'NODE_SEA_BLOB'
const MARK = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const EXECUTABLE = 0o755

export interface ProgramParts {
  /** The Node that is to hold it. Absolute. */
  readonly node: string
  /** A CommonJS text: it is what Node runs, and what the program itself starts threads with. */
  readonly code: string
  readonly addon: Uint8Array
}

/** True when a Node can hold a program, and holds none yet. */
export function canHoldProgram(node: Uint8Array): boolean {
  return Buffer.from(node.buffer, node.byteOffset, node.byteLength).includes(`${MARK}:0`)
}

/**
 * Puts a program into a copy of Node: one executable.
 *
 * @see https://nodejs.org/docs/latest-v22.x/api/single-executable-applications.html
 */
export async function injectProgram({ node, code, addon }: ProgramParts): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-'))
  try {
    writeFileSync(join(folder, CODE_NAME), code)
    writeFileSync(join(folder, ADDON_NAME), addon)
    const settings = {
      main: CODE_NAME,
      output: 'program',
      disableExperimentalSEAWarning: true,
      assets: { [CODE_NAME]: CODE_NAME, [ADDON_NAME]: ADDON_NAME },
    }
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
    // The very Node that holds the program prepares it: the form differs between versions.
    await run(node, ['--experimental-sea-config', 'settings.json'], { cwd: folder, env: {} })
    const executable = join(folder, 'gateway')
    copyFileSync(node, executable)
    chmodSync(executable, EXECUTABLE)
    // What it says on the way is about notes that Node does not read.
    const tool = new URL('cli.js', import.meta.resolve('postject')).pathname
    await run(process.execPath, [tool, executable, BLOB_NAME, join(folder, 'program'), '--sentinel-fuse', MARK])
    return readFileSync(executable)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
