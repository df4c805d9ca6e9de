import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { BenchFault } from './bench-fault.ts'
import { startDeployable, type Surroundings } from './candidates.ts'
import { freePort } from './free-port.ts'
import { gatewayConfig } from './gateway-config.ts'
import type { DeployableResult } from './result.ts'
import { median } from './statistics.ts'

const BYTES_PER_MIB = 1024 * 1024
const BUILD = 'dist/compiler/cli.js'

/** What is deployed, and how it is started. */
const FORMS = [
  {
    name: 'gateway.mjs and the addon',
    args: [],
    command: (folder: string) => [process.execPath, `${folder}/gateway.mjs`],
  },
  { name: 'one executable', args: ['--single'], command: (folder: string) => [`${folder}/gateway`] },
] as const

/**
 * Builds a gateway in each form and measures what it takes on disk, to start and when idle. The forms take turns.
 *
 * @param rounds Starts of each.
 */
export async function measureDeployables(surroundings: Surroundings, rounds: number): Promise<DeployableResult[]> {
  const port = await freePort()
  const adminPort = await freePort()
  const built: { name: string; command: readonly string[]; files: DeployableResult['files']; starts: Start[] }[] = []
  for (const { name, args, command } of FORMS) {
    const folder = `${surroundings.folder}/${name}`
    mkdirSync(folder)
    const places = { port, adminPort, upstreamPort: surroundings.upstreamPort, logFile: `${folder}/access.log` }
    writeFileSync(`${folder}/gateway.yaml`, gatewayConfig(surroundings.keys.slice(0, 1), places))
    await build(surroundings, folder, args)
    built.push({ name, command: command(`${folder}/out`), files: filesIn(`${folder}/out`), starts: [] })
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, command, starts } of built) starts.push(await startDeployable(surroundings, name, port, command))
  }
  return built.map(({ name, files, starts }) => ({
    name,
    files,
    startMs: median(starts.map(({ startMs }) => startMs)),
    idleMiB: median(starts.map(({ idleMiB }) => idleMiB)),
  }))
}

interface Start {
  readonly startMs: number
  readonly idleMiB: number
}

async function build({ processes }: Surroundings, folder: string, args: readonly string[]): Promise<void> {
  const command = [process.execPath, resolve(BUILD), 'build', 'gateway.yaml', '-o', 'out', ...args]
  const output = await processes.run('candidate', command, folder)
  if (!output.includes('wrote out/gateway')) throw new BenchFault(`nothing was built:\n${output}`)
}

/** What is deployed, without what tells of it. */
function filesIn(folder: string): DeployableResult['files'] {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json'))
  return names.sort().map((name) => ({ name, mebibytes: statSync(`${folder}/${name}`).size / BYTES_PER_MIB }))
}
