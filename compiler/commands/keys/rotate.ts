import { Command } from 'commander'
import { randomInt } from 'node:crypto'
import { relative } from 'node:path'
import { printable } from '../../diagnostics/printable.ts'
import { rotateKey } from '../../tools/keys/rotate-key.ts'
import { replaceFile } from '../../tools/replace-file.ts'
import type { CommandContext } from '../context.ts'
import { currentRevocations } from './current-revocations.ts'
import { AT_OPTION, environmentOption, FILE_OPTION, readInstant } from '../options.ts'
import { requireConfig } from '../require-config.ts'
import { exitOf, tellDiagnostics } from '../show-diagnostics.ts'

interface RotateOptions {
  readonly until: string
  readonly env?: string
  readonly file: string
  readonly at?: number
}

export function rotateCommand(context: CommandContext): Command {
  return new Command('rotate')
    .description(
      "Give a key a new secret, printed once to standard output. The config's file is edited, where all else stays as it is; the old secret opens for a while.",
    )
    .argument('<id>', 'the key')
    .option('--until <when>', 'how long the old secret still opens: 14d, 2027-01-31', '14d')
    .addOption(environmentOption())
    .option(...FILE_OPTION)
    .option(...AT_OPTION, readInstant)
    .action((id: string, options: RotateOptions) => {
      const config = requireConfig(options.file, options.at ?? Date.now(), context)
      if (config === null) return
      const request = { id, until: options.until, environment: options.env ?? null }
      const { cwd, tell } = context
      const revocations = currentRevocations(config, context)
      const rotated = rotateKey(config, request, revocations, randomInt)
      if (!('secret' in rotated)) {
        tellDiagnostics(rotated.diagnostics, context)
        return context.endWith(exitOf(rotated, { strict: false }))
      }

      const { source, tenant, until, edited, secret, warnings } = rotated
      replaceFile(source.path, source.text, edited)
      tellDiagnostics(warnings, context)
      const file = printable(relative(cwd, source.path))
      tell(`Key "${id}" of tenant "${tenant}" has a new secret in ${file}. The old one opens until ${until}.`)
      if (rotated.isOldRevoked) tell('The old one is revoked: it opens nothing, whatever its end.')
      tell('The new secret, which nobody can show again:')
      context.print(secret)
    })
}
