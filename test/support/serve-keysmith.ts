import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished, vi } from 'vitest'
import { KEYSMITH } from './run-keysmith.ts'
import { recordOutput } from './run-record.ts'

export interface ServedProcess {
  /** "http://127.0.0.1:40001", or with https */
  readonly base: string
  readonly admin: string
  /** Of the program; where that is a shell, of the shell. */
  readonly pid: number
  /** What was told so far. */
  readonly told: () => string
  /** Waits until this has been told, so many times. */
  readonly tells: (text: string, times?: number) => Promise<void>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Settles with the exit code, or the signal, when the process has ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

const PATIENCE_MS = 15_000

/** Serves a config with the built command line, on free ports; ended with the test. */
export async function serveKeysmith(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<ServedProcess> {
  const free = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  return startServing(process.execPath, [KEYSMITH, 'serve', ...args, ...free], options)
}

/** Starts a program that serves, and waits until it says where. It and what it started are ended with the test. */
export async function startServing(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ServedProcess> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const ended = once(child, 'close').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? null,
  )
  let told = ''
  let isOver = false
  void ended.then(() => (isOver = true))
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
  const signal = (name: NodeJS.Signals): void => {
    // The whole group: npm starts a shell, and that the program.
    if (child.pid !== undefined && !isOver) process.kill(-child.pid, name)
  }
  onTestFinished(async () => {
    signal('SIGKILL')
    await ended
    recordOutput('keysmith serve, standard output', printed)
    recordOutput('keysmith serve, standard error', told)
  })

  const tells = async (text: string, times = 1): Promise<void> => {
    const check = (): void => {
      if (told.split(text).length - 1 < times) throw new Error(`not told (${times} times): ${text}\ntold:\n${told}`)
    }
    await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 })
  }
  await tells(' serves at ')
  const [, address, admin] = / serves at (\S+), and says how it is at (\S+)\.\n/.exec(told) ?? []
  return {
    base: address?.startsWith('https://') === true ? address : `http://${address}`,
    admin: `http://${admin}`,
    pid: child.pid ?? 0,
    told: () => told,
    tells,
    signal,
    ended,
  }
}
