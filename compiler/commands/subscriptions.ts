import { Command } from 'commander'
import { safeJson } from '../diagnostics/json.ts'
import { columns } from '../tools/columns.ts'
import { requireTenant } from '../tools/keys/require-known.ts'
import { listSubscriptions, WAITING, type ListedSubscription } from '../tools/subscriptions/list-subscriptions.ts'
import type { ReadConfig } from '../tools/read-config.ts'
import type { CommandContext } from './context.ts'
import { AT_OPTION, FILE_ARGUMENT, formatOption, readInstant, type ResultFormat } from './options.ts'
import { indexWritten, requireConfig } from './require-config.ts'

const FORMAT = 1
const HEAD = ['TENANT', 'API', 'STATE', 'BY', 'SINCE', 'UNTIL', 'REF']

interface SubscriptionOptions {
  readonly pending?: true
  readonly tenant?: string
  readonly format: ResultFormat
  readonly at?: number
}

export function subscriptionsCommand(context: CommandContext): Command {
  return new Command('subscriptions')
    .description('List who uses which api, who approved it, and who still waits for an answer.')
    .argument(...FILE_ARGUMENT)
    .option('--pending', 'only those that wait for an answer, wishes of tenants included')
    .option('--tenant <name>', 'only those of one tenant')
    .addOption(formatOption())
    .option(...AT_OPTION, readInstant)
    .action((path: string, options: SubscriptionOptions) => {
      const atMs = options.at ?? Date.now()
      const config = requireConfig(path, atMs, context)
      if (config === null) return
      if (options.tenant !== undefined) requireTenant(options.tenant, config.linked)
      const listed = listSubscriptions(config.linked, atMs)
        .filter(({ state }) => options.pending !== true || WAITING.has(state))
        .filter(({ tenant }) => options.tenant === undefined || tenant === options.tenant)
      if (options.format === 'json') return printJson(listed, config, context)
      if (listed.length === 0) return context.tell(options.pending === true ? 'Nobody waits.' : 'No subscriptions.')
      const rows = listed.map((one) => [one.tenant, one.api, one.state, ...detailsOf(one)])
      context.print(columns(HEAD, rows, { colors: context.colors.print }))
    })
}

function detailsOf({ by, since, until, ref }: ListedSubscription): string[] {
  return [by, since, until, ref].map((text) => text ?? '-')
}

function printJson(listed: readonly ListedSubscription[], config: ReadConfig, context: CommandContext): void {
  const placeOf = indexWritten(config, context)
  const subscriptions = listed.map(({ at, ...one }) => ({ ...one, ...placeOf(at) }))
  context.print(safeJson({ format: FORMAT, subscriptions }))
}
