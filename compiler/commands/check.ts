import { Command, Option } from 'commander'
import { relative } from 'node:path'
import type { LinkedConfig } from '../3-link/linked.ts'
import { checkConfig, configFile } from '../compile.ts'
import { formatGithub } from '../diagnostics/github.ts'
import { formatJson } from '../diagnostics/json.ts'
import type { Diagnostic } from '../diagnostics/locate.ts'
import { printable } from '../diagnostics/printable.ts'
import { formatSarif } from '../diagnostics/sarif.ts'
import { counted, formatText } from '../diagnostics/text.ts'
import type { CommandContext } from './context.ts'
import { AT_OPTION, FILE_ARGUMENT, readInstant } from './options.ts'
import { exitOf, showDiagnostics } from './show-diagnostics.ts'

type Format = 'pretty' | 'json' | 'github' | 'sarif'

const FORMATS: readonly Format[] = ['pretty', 'json', 'github', 'sarif']

export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description('Validate and lint a config. Needs no secret, no network and no upstream.')
    .argument(...FILE_ARGUMENT)
    .option('--strict', 'warnings fail, too')
    .addOption(new Option('--format <format>', 'how diagnostics are printed').choices(FORMATS).default('pretty'))
    .option(...AT_OPTION, readInstant)
    .action((path: string, options: { strict?: true; format: Format; at?: number }) => {
      const { schemaFolder, cwd } = context
      const file = configFile(path)
      const checked = checkConfig(file, { schemaFolder, cwd, atMs: options.at ?? Date.now() })
      const { diagnostics, linked } = checked
      print(options.format, diagnostics, context)
      if (options.format === 'pretty' && linked !== null && diagnostics.length === 0) {
        context.print(`${printable(relative(cwd, file))}: ${summary(linked)}. No errors, no warnings.`)
      }
      context.endWith(exitOf(checked, { strict: options.strict === true }))
    })
}

function print(format: Format, diagnostics: readonly Diagnostic[], context: CommandContext): void {
  if (format === 'json') return context.print(formatJson(diagnostics))
  if (format === 'sarif') return context.print(formatSarif(diagnostics, context.version))
  const style = { colors: context.colors.print }
  showDiagnostics(diagnostics, context, (diagnostic) =>
    context.print(format === 'github' ? formatGithub(diagnostic) : formatText(diagnostic, style) + '\n'),
  )
}

function summary({ routes, apis, keys, tenants }: LinkedConfig): string {
  const published = `${counted(routes.length, 'route')} in ${counted(apis.length, 'api')}`
  return `${published}, ${counted(keys.length, 'key')} of ${counted(tenants.length, 'tenant')}`
}
