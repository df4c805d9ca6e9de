import { Command } from 'commander'
import type { AddressRow } from '../../schemas/table.ts'
import { configFile } from '../compile.ts'
import { EXIT } from '../exit-codes.ts'
import { serve, type ServedGateway } from '../tools/serve/serve.ts'
import type { CommandContext } from './context.ts'
import { FILE_ARGUMENT, readAddress } from './options.ts'
import { exitOf, tellDiagnostics } from './show-diagnostics.ts'

interface ServeOptions {
  readonly watch?: true
  readonly stub?: true
  readonly listen?: AddressRow
  readonly admin?: AddressRow
}

export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description(
      'Compile a config in memory and serve it. SIGHUP reads it and its revocations again and opens the log file anew, SIGTERM and SIGINT end it.',
    )
    .argument(...FILE_ARGUMENT)
    .option('--watch', 'serve each change of the config as soon as it is without errors')
    .option('--stub', 'answer for the upstreams, which need not be there')
    .option(
      '--listen <address>',
      'where callers find it, in place of the config (TLS stays as it is there); port 0 is any free one',
      readAddress,
    )
    .option('--admin <address>', 'where /healthz, /readyz and /metrics are, in place of the config', readAddress)
    .action(async (path: string, options: ServeOptions) => {
      const { runtimeFile, schemaFolder, cwd, version, tell } = context
      const { listen = null, admin = null, watch = false, stub = false } = options
      const file = configFile(path)
      const request = { file, watch, stub, listen, admin, runtimeFile, version, compileOptions: { schemaFolder, cwd } }
      const served = await serve(request, {
        tell,
        onAttempt: ({ compiled }) => tellDiagnostics(compiled.diagnostics, context),
      })
      if ('stop' in served) obeySignals(served, context)
      else context.endWith(exitOf(served.compiled, { strict: false }))
    })
}

/** The first signal lets what is in flight finish; a second one ends the process as if nobody listened. */
function obeySignals(served: ServedGateway, context: CommandContext): void {
  const end = (): void => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    context.tell('Stopping: what is in flight is finished first. Another signal ends it now.')
    void served.stop().then(() => process.exit(EXIT.done))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('SIGHUP', () => {
    served.reopenLog()
    served.readRevocations()
    void served.reload()
  })
}
