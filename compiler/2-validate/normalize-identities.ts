import type {
  CertificateMatch,
  ExpressionText,
  Identity,
  IdentityRoles,
  Introspection,
} from '../../schemas/identity-config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import type { RawIdentity } from './raw.ts'
import { secretText } from './secret-text.ts'
import { mapMembers, references } from './shapes.ts'
import { parseDuration } from './units.ts'

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA']

export function normalizeIdentity(at: Pointer, name: string, raw: RawIdentity): Identity {
  return {
    at,
    name,
    issuer: raw.issuer ?? null,
    audience: raw.audience ?? null,
    jwks: raw.jwks ?? null,
    algorithms: raw.algorithms ?? ALGORITHMS,
    leewayMs: parseDuration(raw.leeway ?? '30s'),
    introspect: introspection(pointTo(at, 'introspect'), raw.introspect),
    ...certificatesOrTenant(at, raw),
    roles: roles(pointTo(at, 'roles'), raw.roles),
    mfa: expression(pointTo(at, 'mfa'), raw.mfa),
    dpop: raw.dpop ?? 'off',
  }
}

/** For certificates a tenant is named; for tokens it is found in their claims. */
function certificatesOrTenant(
  at: Pointer,
  { certificates, tenant }: RawIdentity,
): Pick<Identity, 'certificates' | 'owner' | 'tenant'> {
  const tenantAt = pointTo(at, 'tenant')
  if (certificates === undefined) return { certificates: null, owner: null, tenant: expression(tenantAt, tenant) }
  return {
    certificates: certificates.flatMap((raw, i) => certificateMatch(pointTo(at, 'certificates', i), raw)),
    owner: tenant === undefined ? null : { at: tenantAt, name: tenant },
    tenant: null,
  }
}

function certificateMatch(
  at: Pointer,
  raw: NonNullable<RawIdentity['certificates']>[number],
): CertificateMatch | readonly [] {
  for (const by of ['san', 'subject', 'thumbprint'] as const) {
    const text = raw[by]
    if (text !== undefined) return { at: pointTo(at, by), by, text }
  }
  return []
}

function introspection(at: Pointer, raw: RawIdentity['introspect']): Introspection | null {
  if (raw === undefined) return null
  return {
    at,
    url: raw.url,
    authorization: raw.authorization === undefined ? null : secretText(pointTo(at, 'authorization'), raw.authorization),
    cacheMs: parseDuration(raw.cache ?? '30s'),
  }
}

function roles(at: Pointer, raw: RawIdentity['roles']): IdentityRoles {
  if (raw === undefined) return { held: [], from: null, map: [] }
  // The type of `in` takes a list and a mapping apart.
  if (!('from' in raw)) return { held: references(at, raw), from: null, map: [] }
  return {
    held: [],
    from: expression(pointTo(at, 'from'), raw.from),
    map: mapMembers(raw.map, pointTo(at, 'map'), (roleAt, value, role) => ({
      value,
      role: { at: roleAt, name: role },
    })),
  }
}

function expression(at: Pointer, text: string | undefined): ExpressionText | null {
  return text === undefined ? null : { at, text }
}
