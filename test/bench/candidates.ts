import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './ask.ts'
import { BenchFault } from './bench-fault.ts'
import { freePort } from './free-port.ts'
import { gatewayConfig } from './gateway-config.ts'
import type { BenchKey } from './keys.ts'
import { parseCounters, type Counters } from './metrics.ts'
import { nginxConfig } from './nginx-config.ts'
import { residentMiB } from './processor-time.ts'
import type { Processes, Running } from './processes.ts'
import { ITEM_PATH } from './workloads.ts'

/** A gateway that is up and is measured. */
export interface Candidate {
  readonly name: string
  readonly port: number
  readonly running: Running
  readonly logFile: string
  /** What it counted so far; null when it counts nothing. */
  readonly counters: (() => Promise<Counters>) | null
  readonly startMs: number
  readonly idleMiB: number
}

export interface Surroundings {
  readonly processes: Processes
  readonly keys: readonly BenchKey[]
  readonly upstreamPort: number
  /** Each candidate has its own folder below. Absolute. */
  readonly folder: string
}

export const NGINX = 'nginx'
const START_MS_MAX = 20_000
/** Who has answered something else for so long will not answer right. */
const WRONG_MS_MAX = 1000
const ASK_EVERY_MS = 2
const SETTLE_MS = 500

export async function startNginx(surroundings: Surroundings): Promise<Candidate> {
  const folder = makeFolder(surroundings, NGINX)
  const logFile = `${folder}/access.log`
  const port = await freePort()
  const file = `${folder}/nginx.conf`
  const places = { port, upstreamPort: surroundings.upstreamPort, folder, logFile }
  writeFileSync(file, nginxConfig(surroundings.keys, places))
  const command = ['nginx', '-p', folder, '-e', `${folder}/nginx.err`, '-c', file]
  return { ...(await start(surroundings, NGINX, port, command)), logFile, counters: null }
}

/** @param entry The command line's file of the build. */
export async function startGateway(surroundings: Surroundings, name: string, entry: string): Promise<Candidate> {
  const folder = makeFolder(surroundings, name)
  const logFile = `${folder}/access.log`
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = `${folder}/gateway.yaml`
  const places = { port, adminPort, upstreamPort: surroundings.upstreamPort, logFile }
  writeFileSync(file, gatewayConfig(surroundings.keys, places))
  const command = [process.execPath, resolve(entry), 'serve', file]
  return { ...(await start(surroundings, name, port, command)), logFile, counters: () => askCounters(name, adminPort) }
}

/**
 * Starts what was built until it has answered, and ends it again.
 *
 * @param folder Where it runs. Absolute.
 */
export async function startDeployable(
  surroundings: Surroundings,
  folder: string,
  port: number,
  command: readonly string[],
): Promise<Pick<Candidate, 'startMs' | 'idleMiB'>> {
  const { running, startMs, idleMiB } = await start(surroundings, folder, port, command)
  await running.stop()
  return { startMs, idleMiB }
}

function makeFolder(surroundings: Surroundings, name: string): string {
  const folder = `${surroundings.folder}/${name}`
  mkdirSync(folder)
  return folder
}

type Started = Omit<Candidate, 'logFile' | 'counters'>

/** Starts it and asks until it answers; then looks whether it refuses who has no key. */
async function start(
  surroundings: Surroundings,
  name: string,
  port: number,
  command: readonly string[],
): Promise<Started> {
  const folder = `${surroundings.folder}/${name}`
  const begun = performance.now()
  const running = surroundings.processes.start('candidate', command, folder, `${folder}/output`)
  const headers = { 'x-api-key': surroundings.keys[0]?.secret ?? '' }
  let status: number | null = null
  let deadlineMs = begun + START_MS_MAX
  while (status !== 200) {
    if (running.hasEnded() || performance.now() > deadlineMs) {
      const last = status === null ? 'no answer' : `last answer ${status}`
      throw new BenchFault(`${name} (${command.join(' ')}) does not serve, ${last}:\n${running.output()}`)
    }
    await sleep(ASK_EVERY_MS)
    status = (await ask(port, ITEM_PATH, headers))?.status ?? null
    if (status !== null) deadlineMs = Math.min(deadlineMs, performance.now() + WRONG_MS_MAX)
  }
  const startMs = performance.now() - begun

  const refused = await ask(port, ITEM_PATH)
  if (refused?.status !== 401) throw new BenchFault(`${name} answers ${refused?.status} without a key, not 401`)
  await sleep(SETTLE_MS)
  return { name, port, running, startMs, idleMiB: residentMiB(running.pids()) }
}

async function askCounters(name: string, adminPort: number): Promise<Counters> {
  const answer = await ask(adminPort, '/metrics')
  if (answer?.status !== 200) throw new BenchFault(`${name} answers ${answer?.status} for /metrics`)
  return parseCounters(answer.text)
}
