import { Command } from 'commander'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { safeJson } from '../../diagnostics/json.ts'
import { EXIT } from '../../exit-codes.ts'
import { instantText } from '../../tools/instant-text.ts'
import { readSecret } from '../../tools/keys/read-secret.ts'
import { verifySecret, type Verified } from '../../tools/keys/verify-secret.ts'
import type { ReadConfig } from '../../tools/read-config.ts'
import type { CommandContext } from '../context.ts'
import { currentRevocations } from './current-revocations.ts'
import { AT_OPTION, FILE_OPTION, formatOption, readInstant, type ResultFormat } from '../options.ts'
import { indexWritten, requireConfig } from '../require-config.ts'

const FORMAT = 1

interface VerifyOptions {
  readonly format: ResultFormat
  readonly file: string
  readonly at?: number
}

export function verifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description(
      'Say which key a secret is and whether it opens anything now, or why not. The secret is read from standard input and shown nowhere. Fails unless it opens.',
    )
    .addOption(formatOption())
    .option(...FILE_OPTION)
    .option(...AT_OPTION, readInstant)
    .action(async (options: VerifyOptions) => {
      const atMs = options.at ?? Date.now()
      const config = requireConfig(options.file, atMs, context)
      if (config === null) return
      const secret = await readSecret(context.input, context.prompt)
      const verified = verifySecret(secret, config.linked, currentRevocations(config, context), atMs)
      if (options.format === 'json') context.print(safeJson(jsonOf(verified, config, context)))
      else context.print(textOf(verified, config.linked))
      context.endWith(verified.key !== null && verified.state === 'active' ? EXIT.done : EXIT.wrong)
    })
}

/** None of them repeats a character of what was read. */
const NO_KEY = {
  empty: 'Nothing was read from standard input.',
  typo: 'It begins like a key of this gateway, but is none as it stands: characters are missing, exchanged or too many. Its checksum says so, whatever the config.',
  environment: 'It is well-formed, but of an environment that this gateway does not open to (gateway.keys.accept).',
  token: 'It looks like a token (JWT), which is no key.',
  form: "It is not of the form of this gateway's keys, and the config has no imported ones.",
  unknown: 'No key of the config has this secret.',
} as const

const STATES = {
  active: 'It opens.',
  retired: 'It opens nothing: the key was rotated, and the time of this secret is over.',
  revoked: 'It opens nothing: it is revoked (gateway.revocations).',
  suspended: 'It opens nothing: the key is suspended.',
  expired: 'It opens nothing: the key is past its end.',
  upcoming: 'It opens nothing yet: the key has not begun.',
} as const

function textOf(verified: Verified, { tenants }: LinkedConfig): string {
  if (verified.key === null) return NO_KEY[verified.reason]
  const { key, secret, state } = verified
  const { retiring } = key
  const which = secret === 'current' || retiring === null ? '' : `, retiring until ${instantText(retiring.untilMs)}`
  return `Key "${key.id}" of tenant "${tenants[key.tenant]?.name ?? ''}"${which}. ${STATES[state]}`
}

function jsonOf(verified: Verified, config: ReadConfig, context: CommandContext): object {
  if (verified.key === null) return { format: FORMAT, found: false, opens: false, reason: verified.reason }
  const { key, secret, state } = verified
  const tenant = config.linked.tenants[key.tenant]?.name ?? ''
  const place = indexWritten(config, context)(key.at)
  const opens = state === 'active'
  return { format: FORMAT, found: true, opens, key: { id: key.id, tenant, secret, state, ...place } }
}
