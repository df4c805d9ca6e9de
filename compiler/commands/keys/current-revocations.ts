import { resolve } from 'node:path'
import { printable } from '../../diagnostics/printable.ts'
import { NO_REVOCATIONS, readRevocations, type Revocations } from '../../tools/keys/read-revocations.ts'
import type { ReadConfig } from '../../tools/read-config.ts'
import type { CommandContext } from '../context.ts'

/**
 * What the gateway's revocations say now; a line that gateways refuse is told. Their path is meant from where the gateway runs,
 * as that of its log is: commands take the folder that they run in for it.
 *
 * @throws A `CommandFault` when they cannot be read.
 */
export function currentRevocations({ linked }: ReadConfig, { cwd, tell }: CommandContext): Revocations {
  const { revocations: file } = linked.settings
  if (file === null) return NO_REVOCATIONS
  const revocations = readRevocations(resolve(cwd, file))
  const [line] = revocations.broken
  if (line !== undefined) {
    const problem = 'is no digest, key, subject or comment: gateways keep the list that they had.'
    tell(`${printable(file)}:${line} ${problem}`)
  }
  return revocations
}
