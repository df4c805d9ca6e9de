import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { recordCommand } from './run-record.ts'

/** The built command line. Its tests need "npm run build", which "npm test" does. */
export const KEYSMITH = resolve('dist/compiler/cli.js')

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command of Keysmith to its end. */
export function runKeysmith(
  args: readonly string[],
  options: { readonly cwd?: string; readonly program?: string; readonly input?: string | Buffer } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [options.program ?? KEYSMITH, ...args], {
    cwd: options.cwd ?? process.cwd(),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that does not read all of it, or none, is no fault of the test.
  child.stdin.on('error', () => undefined).end(options.input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (exit) => {
      recordCommand(args, { stdout, stderr })
      done({ exit, stdout, stderr })
    })
  })
}
