import type { GatewayTable } from '../../schemas/table.ts'
import { StartFault } from '../start-faults.ts'

/** A shorter one is easier to guess than the signature (RFC 2104, section 3). */
const SECRET_BYTES_MIN = 32

/**
 * Holds the secrets that keys sign with against what an HMAC needs.
 *
 * @param secrets By position in the table.
 * @throws A `StartFault` that names those that are too short, without a value.
 */
export function checkSigningSecrets({ signers, secrets: rows }: GatewayTable, secrets: readonly string[]): void {
  const positions = new Set(signers.filter(({ secret }) => secret >= 0).map(({ secret }) => secret))
  const short = [...positions].filter((position) => (secrets[position] ?? '').length < SECRET_BYTES_MIN)
  if (short.length === 0) return
  const names = short.map((position) => `  ${rows[position]?.name ?? '?'}`)
  throw new StartFault([`Keys cannot sign with less than ${SECRET_BYTES_MIN} characters:`, ...names].join('\n'))
}
