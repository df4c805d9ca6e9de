import type { IdentityRow } from '../../schemas/identity-rows.ts'
import { ONE_FACTOR, type Caller } from '../caller.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { makeCaller, scopesOfRoles, type FoldContext } from './fold-claims.ts'
import { createMatch } from './match-certificate.ts'

/**
 * Makes an identity's ways to know certificates ready. Its callers are all of one tenant and hold the same roles; they are
 * told apart, and counted, by the names that fitted, so that who renews a certificate stays who it was.
 */
export function createCertify(
  context: FoldContext,
  row: IdentityRow,
  position: number,
): (certificate: ClientCertificate) => Caller | null {
  const matches = row.certificates.map(createMatch)
  const scopes = scopesOfRoles(context, row.roles)
  return (certificate) => {
    for (const match of matches) {
      const subject = match(certificate)
      if (subject === null) continue
      const digest = certificate.thumbprint.toString('ucs2')
      const token = { identity: position, issuer: row.name, subject, digest }
      return makeCaller(context, {
        tenant: row.owner,
        roles: row.roles,
        scopes,
        token,
        claims: null,
        authentication: ONE_FACTOR,
      })
    }
    return null
  }
}
