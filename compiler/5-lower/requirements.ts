import type { Requirement } from '../../schemas/config.ts'
import type { RequirementRow } from '../../schemas/table.ts'

/**
 * Writes what a refused caller is told. A second factor has no name that everybody knows: it is asked for in words.
 *
 * @see RFC 9470, section 3.
 */
export function lowerRequirement(requires: Requirement | null): RequirementRow | null {
  if (requires === null) return null
  const { mfa, acr } = requires
  const challenge =
    'Bearer error="insufficient_user_authentication"' +
    (mfa ? ', error_description="A second factor is needed"' : '') +
    (acr.length === 0 ? '' : `, acr_values="${acr.join(' ')}"`)
  return { mfa, acr, challenge: `www-authenticate: ${challenge}\r\n` }
}
