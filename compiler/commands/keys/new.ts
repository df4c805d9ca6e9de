import { Command, InvalidArgumentError } from 'commander'
import { randomInt } from 'node:crypto'
import { relative } from 'node:path'
import { usageFault } from '../../command-fault.ts'
import { printable } from '../../diagnostics/printable.ts'
import { newKey, type MadeKey } from '../../tools/keys/new-key.ts'
import { replaceFile } from '../../tools/replace-file.ts'
import type { CommandContext } from '../context.ts'
import { currentRevocations } from './current-revocations.ts'
import { AT_OPTION, environmentOption, FILE_OPTION, readInstant, readNames } from '../options.ts'
import { requireConfig } from '../require-config.ts'
import { exitOf, tellDiagnostics } from '../show-diagnostics.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/

interface NewOptions {
  readonly tenant: string
  readonly id: string
  readonly roles?: readonly string[]
  readonly scopes?: readonly string[]
  readonly plan?: string
  readonly expires?: string
  readonly env?: string
  readonly write?: true
  readonly file: string
  readonly at?: number
}

export function newCommand(context: CommandContext): Command {
  return new Command('new')
    .description('Make a key. Its secret is printed once, to standard output; a config holds only its digest.')
    .requiredOption('--tenant <name>', 'who it belongs to')
    .requiredOption('--id <name>', 'what it is called, in the whole gateway', readName)
    .option('--roles <names>', 'the roles that it holds, such as partner,operator', readNames)
    .option('--scopes <names>', 'the scopes that it holds besides', readNames)
    .option('--plan <name>', "its plan; left out, its tenant's")
    .option('--expires <when>', 'its end: 90d, 2027-01-31')
    .addOption(environmentOption())
    .option('--write', "put it into the config's file, where all else stays as it is")
    .option(...FILE_OPTION)
    .option(...AT_OPTION, readInstant)
    .action((options: NewOptions) => createKey(options, context))
}

function createKey(options: NewOptions, context: CommandContext): void {
  const { cwd } = context
  const { tenant, id, roles = [], scopes = [], plan = null, expires = null, env = null } = options
  const request = { tenant, id, roles, scopes, plan, expires, environment: env }
  const config = requireConfig(options.file, options.at ?? Date.now(), context)
  if (config === null) return
  const made = newKey(config, request, currentRevocations(config, context), randomInt)
  if (!('secret' in made)) {
    tellDiagnostics(made.diagnostics, context)
    return context.endWith(exitOf(made, { strict: false }))
  }

  const file = printable(relative(cwd, made.source.path))
  if (options.write === true) write(made, file)
  tellDiagnostics(made.warnings, context)
  context.tell(
    options.write === true
      ? `Key "${id}" of tenant "${tenant}" is in ${file} now.`
      : `To put into ${file}, below "keys" of tenant "${tenant}":\n\n${made.snippet}\n`,
  )
  context.tell('Its secret, which nobody can show again:')
  context.print(made.secret)
}

function write({ source, edited }: MadeKey, file: string): void {
  if (edited === null) {
    throw usageFault(
      `--write needs a tenant that is written line by line in ${file}, not in braces. Without --write, the key is printed.`,
    )
  }
  replaceFile(source.path, source.text, edited)
}

function readName(text: string): string {
  if (!NAME.test(text)) throw new InvalidArgumentError('It must be a name of small letters, digits and dashes.')
  return text
}
