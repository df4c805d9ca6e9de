import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { BenchFault } from './bench-fault.ts'
import { onCore, type Cores, type Job } from './cores.ts'
import { familyOf } from './processor-time.ts'
import { SYSTEM_PATH } from './tools.ts'

/** Everything that a run starts, so that all of it ends with the run. */
export interface Processes {
  /** Starts what lives until the end of the run. What it prints goes to the file. */
  readonly start: (job: Job, command: readonly string[], folder: string, outputFile: string) => Running
  /** Runs a command to its end. @returns What it printed. */
  readonly run: (job: Job, command: readonly string[], folder: string) => Promise<string>
  readonly stopAll: () => Promise<void>
}

export interface Running {
  /** It and all below it, as of now. */
  readonly pids: () => number[]
  readonly hasEnded: () => boolean
  /** What it printed so far; of much, the end. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

const STOP_MS_MAX = 5000
/** Characters that help to find out what went wrong. */
const OUTPUT_MAX = 3000

export function createProcesses(cores: Cores | null): Processes {
  const started = new Set<ChildProcess>()
  const env = { ...process.env, PATH: SYSTEM_PATH }

  const launch = (job: Job, command: readonly string[], folder: string, output: 'pipe' | number): ChildProcess => {
    const [file = '', ...args] = onCore(cores, job, command)
    const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', output, output] })
    started.add(child)
    child.on('exit', () => started.delete(child))
    return child
  }

  return {
    start: (job, command, folder, outputFile) => {
      const descriptor = openSync(outputFile, 'a')
      const child = launch(job, command, folder, descriptor)
      closeSync(descriptor)
      let fault: Error | null = null
      child.on('error', (error) => (fault = error))
      return {
        pids: () => (child.pid === undefined ? [] : familyOf(child.pid)),
        hasEnded: () => fault !== null || !isRunning(child),
        output: () => (fault === null ? readFileSync(outputFile, 'utf8').slice(-OUTPUT_MAX) : fault.message),
        stop: () => stop(child),
      }
    },
    run: async (job, command, folder) => {
      const child = launch(job, command, folder, 'pipe')
      let text = ''
      child.stdout?.on('data', (piece) => (text += String(piece)))
      child.stderr?.on('data', (piece) => (text += String(piece)))
      try {
        await once(child, 'close')
      } catch (error) {
        throw new BenchFault(`${command[0]} does not start: ${String(error)}`)
      }
      return text
    },
    stopAll: async () => {
      await Promise.all(Array.from(started, stop))
    },
  }
}

/** Asks it to end, and ends it when it does not. */
async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await ended
  clearTimeout(timer)
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}
