import { Command } from 'commander'
import type { CommandContext } from './context.ts'
import { listCommand } from './keys/list.ts'
import { newCommand } from './keys/new.ts'
import { revokeCommand } from './keys/revoke.ts'
import { rotateCommand } from './keys/rotate.ts'
import { verifyCommand } from './keys/verify.ts'

const COMMANDS = [newCommand, rotateCommand, revokeCommand, listCommand, verifyCommand]

export function keysCommand(context: CommandContext): Command {
  const keys = new Command('keys').description(
    'Make keys, give them new secrets, take them back, and see what they are worth.',
  )
  for (const create of COMMANDS) keys.addCommand(create(context))
  return keys
}
