import type { RunningGateway } from '../../../schemas/start.ts'
import type { AddressRow } from '../../../schemas/table.ts'
import type { CompileOptions } from '../../compile.ts'
import { startStubUpstreams, type StubUpstreams } from '../../stub-upstreams.ts'
import { addressText, listenText } from './address-text.ts'
import { compileTable, type CompiledTable, type TableAttempt } from './compile-table.ts'
import { demoLines } from './demo-lines.ts'
import { loadRuntime } from './load-runtime.ts'
import { createReloader } from './reloader.ts'
import { watchFiles } from './watch-files.ts'

export interface ServeRequest {
  /** The config's main file. */
  readonly file: string
  readonly watch: boolean
  /** Whether stubs answer in place of the upstreams. */
  readonly stub: boolean
  /** In place of the config's. */
  readonly listen: AddressRow | null
  readonly admin: AddressRow | null
  /** The runtime's built main file. Absolute. */
  readonly runtimeFile: string
  /** Keysmith's own. */
  readonly version: string
  readonly compileOptions: Omit<CompileOptions, 'atMs'>
}

/** What is told while a gateway is served. */
export interface ServeListener {
  readonly tell: (line: string) => void
  /** Told of each time the config was compiled, whatever came of it. */
  readonly onAttempt: (attempt: TableAttempt) => void
}

export interface ServedGateway {
  /** Compiles the config as it is now and, if there is no error in it, serves that. */
  readonly reload: () => Promise<void>
  /** Opens the access log's file anew, after it was moved away. */
  readonly reopenLog: () => void
  /** Reads the file of revocations now. */
  readonly readRevocations: () => void
  readonly stop: () => Promise<void>
}

/**
 * Compiles a config in memory and serves it.
 *
 * @returns The attempt when the config has an error; then nothing was started.
 * @throws A `CommandFault`, or the runtime's `StartFault`, when the surroundings do not allow it.
 */
export async function serve(request: ServeRequest, listener: ServeListener): Promise<ServedGateway | TableAttempt> {
  const { file, compileOptions } = request
  const { tell } = listener
  const attempt = async (): Promise<TableAttempt> => {
    const current = await compileTable(file, { ...compileOptions, atMs: Date.now() })
    listener.onAttempt(current)
    return current
  }
  const first = await attempt()
  if (first.table === null) return first
  const { config } = first.table

  const stubs = request.stub ? await startStubUpstreams(config.upstreams.map(({ name }) => name)) : null
  const gateway = await start(request, first.table, stubs, tell)
  tell(`${config.settings.name} serves at ${gateway.listen.map(listenText).join(', ')}${adminText(gateway)}.`)
  if (stubs !== null) tell(`Stubs answer for ${config.upstreams.map(({ name }) => name).join(', ')}.`)
  const [listen] = gateway.listen
  if (listen !== undefined) demoLines(file, config, listen, Date.now()).forEach(tell)

  let seen = first.seen
  const reload = createReloader({
    gateway,
    attempt: async () => {
      const current = await attempt()
      // A config that does not parse names no other files: those of before may be what has to be mended.
      seen = current.table === null ? new Map([...seen, ...current.seen]) : current.seen
      files?.watch(seen)
      if (stubs !== null) tellUnstubbed(current, stubs, tell)
      return current
    },
    tell,
  })
  const files = request.watch ? watchFiles(() => void reload(), blindTo(tell)) : null
  files?.watch(seen)
  return {
    reload,
    reopenLog: gateway.reopenLog,
    readRevocations: gateway.readRevocations,
    stop: async () => {
      files?.stop()
      await gateway.stop()
      await stubs?.stop()
    },
  }
}

async function start(
  { runtimeFile, version, listen, admin }: ServeRequest,
  { script, keyFile }: CompiledTable,
  stubs: StubUpstreams | null,
  tell: ServeListener['tell'],
): Promise<RunningGateway> {
  try {
    const { startGateway } = await loadRuntime(runtimeFile)
    return await startGateway({
      script,
      keyFile,
      threadEntry: runtimeFile,
      ...(listen === null ? {} : { listen: [listen] }),
      ...(admin === null ? {} : { admin }),
      ...(stubs === null ? {} : { targets: stubs.targets }),
      version,
      tell,
    })
  } catch (error) {
    await stubs?.stop()
    throw error
  }
}

function adminText({ admin }: RunningGateway): string {
  return admin === null ? '' : `, and says how it is at ${addressText(admin)}`
}

/** Stubs are started with the gateway: one that came later has none. */
function tellUnstubbed({ table }: TableAttempt, { targets }: StubUpstreams, tell: ServeListener['tell']): void {
  const missing = (table?.config.upstreams ?? []).filter(({ name }) => targets[name] === undefined)
  for (const { name } of missing) tell(`No stub answers for ${name} before the next start.`)
}

function blindTo(tell: ServeListener['tell']): (folder: string, reason: string) => void {
  return (folder, reason) => tell(`${folder} cannot be watched: ${reason}. SIGHUP takes changes in.`)
}
