import type { LinkedConfig } from '../../3-link/linked.ts'
import { CommandFault, usageFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'

/**
 * What a secret begins with: the gateway's prefix, and an environment that it opens to.
 *
 * @param asked The environment; null: the first that the gateway opens to.
 * @throws A `CommandFault` when the gateway has no keys, or does not open to that environment.
 */
export function beginningOf(asked: string | null, { settings }: LinkedConfig): [prefix: string, environment: string] {
  if (settings.keys === null) {
    throw new CommandFault(EXIT.wrong, 'The gateway has no keys yet. Say what they begin with: gateway.keys.prefix.')
  }
  const { prefix, accept } = settings.keys
  const environment = asked ?? accept[0] ?? ''
  if (!accept.includes(environment)) {
    throw usageFault(`This gateway opens to ${accept.join(', ')} only (gateway.keys.accept), not to ${environment}.`)
  }
  return [prefix, environment]
}
