import { Command } from 'commander'
import { safeJson } from '../../diagnostics/json.ts'
import { columns } from '../../tools/columns.ts'
import { listKeys, type ListedKey } from '../../tools/keys/list-keys.ts'
import { requireTenant } from '../../tools/keys/require-known.ts'
import type { ReadConfig } from '../../tools/read-config.ts'
import type { CommandContext } from '../context.ts'
import { currentRevocations } from './current-revocations.ts'
import { AT_OPTION, FILE_OPTION, formatOption, readDuration, readInstant, type ResultFormat } from '../options.ts'
import { indexWritten, requireConfig } from '../require-config.ts'

const FORMAT = 1
const HEAD = ['KEY', 'TENANT', 'STATE', 'DIGEST', 'ROLES', 'SCOPES', 'PLAN', 'EXPIRES', 'NOTES']
/** Longer lists of names are cut in the table; JSON has them whole. */
const NAMES_SHOWN = 3

interface ListOptions {
  readonly tenant?: string
  readonly expiring?: number
  readonly format: ResultFormat
  readonly file: string
  readonly at?: number
}

export function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('List the keys of a config, and what each is worth now.')
    .option('--tenant <name>', 'only those of one tenant')
    .option(
      '--expiring <time>',
      'only those that end within this time, such as 30d, or whose retiring secret does',
      readDuration,
    )
    .addOption(formatOption())
    .option(...FILE_OPTION)
    .option(...AT_OPTION, readInstant)
    .action((options: ListOptions) => {
      const { tenant = null, expiring = null } = options
      const atMs = options.at ?? Date.now()
      const config = requireConfig(options.file, atMs, context)
      if (config === null) return
      if (tenant !== null) requireTenant(tenant, config.linked)
      const revocations = currentRevocations(config, context)
      const listed = listKeys(config.linked, { tenant, expiringMs: expiring }, revocations, atMs)
      if (options.format === 'json') return printJson(listed, config, context)
      if (listed.length === 0) return context.tell('No such keys.')
      context.print(columns(HEAD, listed.map(rowOf), { colors: context.colors.print }))
    })
}

function rowOf(key: ListedKey): string[] {
  const { id, tenant, state, digest, plan, expires } = key
  const held = [shorten(key.roles), shorten(key.scopes)]
  return [id, tenant, state, digest ?? '-', ...held, plan ?? '-', expires ?? 'never', notesOf(key).join(', ')]
}

function shorten(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN
  return (names.slice(0, NAMES_SHOWN).join(',') || '-') + (more > 0 ? `,+${more}` : '')
}

function notesOf({ notBefore, suspended, signing, retiring, imported }: ListedKey): string[] {
  return [
    ...(notBefore === null ? [] : [`from ${notBefore}`]),
    ...(suspended === null ? [] : [`suspended from ${suspended}`]),
    ...(signing === null ? [] : [`signs with ${signing}`]),
    ...(retiring === null ? [] : [`retiring ${retiring.digest} until ${retiring.until}`]),
    ...(imported ? ['imported'] : []),
  ]
}

function printJson(listed: readonly ListedKey[], config: ReadConfig, context: CommandContext): void {
  const placeOf = indexWritten(config, context)
  context.print(safeJson({ format: FORMAT, keys: listed.map(({ at, ...key }) => ({ ...key, ...placeOf(at) })) }))
}
