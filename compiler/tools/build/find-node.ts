import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandFault, usageFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'

/** A Node that is to run what is built. */
export interface NodeProgram {
  /** Absolute. */
  readonly path: string
  /** "22.23.3" */
  readonly version: string
  readonly major: number
  /** "linux-x64" */
  readonly platform: string
}

const ASK = 'process.stdout.write(JSON.stringify([process.versions.node, process.platform + "-" + process.arch]))'
const ANSWER_MS_MAX = 10_000

/**
 * Asks a Node what it is.
 *
 * @param path Left out, the one that runs this.
 * @throws A `CommandFault` when it is none, or does not run here.
 */
export function findNode(path: string | undefined, cwd: string): NodeProgram {
  const file = path === undefined ? process.execPath : resolve(cwd, path)
  const [version, platform] = ask(file, path ?? file)
  return { path: file, version, major: Number(version.split('.')[0]), platform }
}

/** @throws A `CommandFault` when it cannot be read. */
export function readProgram({ path }: NodeProgram): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new CommandFault(EXIT.surroundings, `${path} cannot be read: ${reasonOf(error)}.`)
  }
}

function ask(file: string, name: string): readonly [version: string, platform: string] {
  let answer: unknown
  try {
    // Nothing in the surroundings may change what it says of itself.
    answer = JSON.parse(
      execFileSync(file, ['-e', ASK], { env: {}, encoding: 'utf8', timeout: ANSWER_MS_MAX, stdio: 'pipe' }),
    )
  } catch (error) {
    throw new CommandFault(EXIT.surroundings, `${name} is no Node that runs here: ${reasonOf(error)}.`)
  }
  const [version, platform] = Array.isArray(answer) ? (answer as readonly unknown[]) : []
  if (typeof version === 'string' && typeof platform === 'string') return [version, platform]
  throw usageFault(`${name} is no Node.`)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && error.code != null ? String(error.code) : (error.message.split('\n')[0] ?? '')
}
