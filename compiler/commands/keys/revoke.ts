import { Command } from 'commander'
import { resolve } from 'node:path'
import { CommandFault, usageFault } from '../../command-fault.ts'
import { printable } from '../../diagnostics/printable.ts'
import { counted } from '../../diagnostics/text.ts'
import { EXIT } from '../../exit-codes.ts'
import { appendLines } from '../../tools/append-lines.ts'
import { requireKey } from '../../tools/keys/require-known.ts'
import { revocationLines } from '../../tools/keys/revocation-lines.ts'
import type { CommandContext } from '../context.ts'
import { currentRevocations } from './current-revocations.ts'
import { AT_OPTION, FILE_OPTION, readInstant } from '../options.ts'
import { requireConfig } from '../require-config.ts'

interface RevokeOptions {
  readonly forever?: true
  readonly file: string
  readonly at?: number
}

export function revokeCommand(context: CommandContext): Command {
  return new Command('revoke')
    .description(
      "Take a key's secrets back, the retiring one too: they are appended to gateway.revocations, and no deploy is needed. Rotated, the key has another.",
    )
    .argument('<id>', 'the key')
    .option('--forever', 'the key itself, whatever its secrets')
    .option(...FILE_OPTION)
    .option(...AT_OPTION, readInstant)
    .action((id: string, options: RevokeOptions) => revoke(id, options, context))
}

function revoke(id: string, options: RevokeOptions, context: CommandContext): void {
  const { cwd, tell } = context
  const forever = options.forever === true
  const atMs = options.at ?? Date.now()
  const config = requireConfig(options.file, atMs, context)
  if (config === null)
    return tell('In haste: a line "key:<id>" in the file that gateway.revocations names takes a key away without this.')
  const key = requireKey(id, config.linked)
  if (key.digest === null && !forever) {
    throw usageFault(`Key "${id}" signs its requests and shows no secret that could be revoked: use --forever.`)
  }
  const file = config.linked.settings.revocations
  if (file === null) throw noRevocations()

  // From where the gateway runs: who is told the whole path sees when that is another folder.
  const path = resolve(cwd, file)
  const revocations = currentRevocations(config, context)
  const lines = revocationLines(key, { forever }, revocations)
  if (lines.length === 0) tell(`Key "${id}" is revoked already in ${printable(path)}; nothing was added.`)
  else {
    const tenant = config.linked.tenants[key.tenant]?.name ?? ''
    const { isNew } = appendLines(path, [`# ${id} of ${tenant}, ${new Date(atMs).toISOString()}`, ...lines])
    const what = forever ? `Key "${id}"` : `${counted(lines.length, 'secret')} of key "${id}"`
    tell(`${what} revoked in ${printable(path)}${isNew ? ', which is new' : ''}.`)
  }
  if (revocations.broken.length > 0) {
    tell('It does not hold anywhere until the broken line is mended.')
    return context.endWith(EXIT.wrong)
  }
  tell('It holds within a second in each gateway that was started with this file, on open streams too.')
}

function noRevocations(): CommandFault {
  return new CommandFault(
    EXIT.wrong,
    'The gateway reads no revocations. Write under "gateway", for example: revocations: ./revoked.txt; a gateway watches it once it was started with it.',
  )
}
