import type { RunningGateway, ThreadEntry } from '../../schemas/start.ts'
import type { AddressRow, ListenRow } from '../../schemas/table.ts'
import { checkSurroundings } from '../check-surroundings.ts'
import { thisHost } from '../engine/load.ts'
import { startGateway } from '../main.ts'
import { readTable } from '../read-table.ts'
import { isServingThread } from '../run-thread.ts'
import { StartFault } from '../start-faults.ts'
import { readOptions, USAGE, UsageFault } from './read-options.ts'

/** What a bundle is made of. */
export interface BundleParts {
  /** The gateway's name, and the hash of its table. */
  readonly name: string
  readonly configHash: string
  /** The table as one script whose value it is. */
  readonly script: string
  /** Keysmith's own. */
  readonly version: string
  /** Of the Node that the engine beside it is for. */
  readonly nodeMajor: number
  readonly threadEntry: () => ThreadEntry
  /** Where the engine lies. Called once it is needed. */
  readonly engineFile: () => string
}

/** As those of the command line: scripts depend on these numbers. */
const EXIT = { done: 0, usage: 2, surroundings: 4, bug: 70 } as const

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** Does what the arguments of a bundle ask for: mostly, serves. In a thread of it, nothing: that serves already. */
export function runBundle(parts: BundleParts): void {
  if (isServingThread()) return
  process.stderr.on('error', onStreamError)
  process.stdout.on('error', onStreamError)
  process.on('uncaughtException', (error) => process.exit(endOf(error, parts)))
  run(parts).catch((error: unknown) => {
    process.exitCode = endOf(error, parts)
  })
}

async function run(parts: BundleParts): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return print(USAGE)
  if (options.version) return print(versionText(parts))
  requireNode(parts)
  if (options.check) return check(parts)
  await serve(parts, options.listen)
}

function versionText({ name, configHash, version, nodeMajor }: BundleParts): string {
  return `${name} ${configHash}, Keysmith ${version}, for Node ${nodeMajor}`
}

/** The engine fits one Node. */
function requireNode({ nodeMajor }: BundleParts): void {
  const host = thisHost()
  if (host.nodeMajor === nodeMajor) return
  throw new StartFault(
    `this gateway was built for Node ${nodeMajor}, and this is Node ${host.nodeMajor}: run it with Node ${nodeMajor}, or build it with "keysmith build --node <path>" for the Node that runs it`,
  )
}

function check(parts: BundleParts): void {
  const table = readTable(parts.script)
  for (const warning of checkSurroundings(table, table.gateway.listen, parts.engineFile()).warnings) tell(warning)
  print('Nothing is missing.')
}

async function serve(parts: BundleParts, listen: AddressRow | null): Promise<void> {
  const gateway = await startGateway({
    script: parts.script,
    threadEntry: parts.threadEntry(),
    engineFile: parts.engineFile(),
    ...(listen === null ? {} : { listen: [listen] }),
    version: parts.version,
    tell,
  })
  const admin = gateway.admin === null ? '' : `, and says how it is at ${addressText(gateway.admin)}`
  tell(`${parts.name} serves at ${gateway.listen.map(listenText).join(', ')}${admin}.`)
  obeySignals(gateway, parts)
}

/** The first signal lets what is in flight finish; a second one ends the process as if nobody listened. */
function obeySignals(gateway: RunningGateway, { script }: BundleParts): void {
  const end = (): void => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    tell('Stopping: what is in flight is finished first. Another signal ends it now.')
    void gateway.stop().then(() => process.exit(EXIT.done))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('SIGHUP', () => {
    gateway.reopenLog()
    gateway.readRevocations()
    // The same table again is made ready with secrets as they are now.
    void gateway.swap(script).then((refusal) => {
      if (refusal === null) tell('Secrets and revocations are read again.')
      else tell(`Secrets cannot be read again: ${refusal}. Those of before go on.`)
    })
  })
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function addressText({ host, port }: AddressRow): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function listenText(listen: ListenRow): string {
  return (listen.tls === null ? '' : 'https://') + addressText(listen)
}

/** What the process ends with after a throw, and the message for it. */
function endOf(error: unknown, { version }: BundleParts): number {
  if (error instanceof UsageFault || error instanceof StartFault) {
    tell(`error: ${error.message.split('\n').map(printable).join('\n')}`)
    return error instanceof UsageFault ? EXIT.usage : EXIT.surroundings
  }
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
  tell(`This is a bug in Keysmith ${version}. Please report it with the lines above.`)
  return EXIT.bug
}

/** Names of files come from the surroundings: nothing of them may steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Whoever read what is told may be gone; the gateway serves on. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
