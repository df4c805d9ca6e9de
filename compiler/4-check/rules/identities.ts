import type { LinkedConfig, LinkedIdentity } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { writtenAt } from '../written.ts'

/** What tells an identity's kind, and how such a one is described. */
const KINDS = {
  issuer: 'verifies tokens',
  introspect: 'asks a service about tokens',
  certificates: 'knows certificates',
} as const
type Kind = keyof typeof KINDS

/** Members that some kinds alone look at. */
const ONLY_OF: readonly (readonly [path: readonly string[], kinds: readonly Kind[]])[] = [
  [['jwks'], ['issuer']],
  [['algorithms'], ['issuer']],
  [['audience'], ['issuer', 'introspect']],
  [['leeway'], ['issuer', 'introspect']],
  [
    ['roles', 'from'],
    ['issuer', 'introspect'],
  ],
  [['mfa'], ['issuer', 'introspect']],
  [['dpop'], ['issuer', 'introspect']],
]

/** Each identity knows its callers in one way, and says whose they are. */
export function identityRules(config: LinkedConfig, report: Report, given: Given): void {
  const taken = new Set(config.routes.flatMap(({ identities }) => identities))
  for (const [position, identity] of config.identities.entries()) {
    const { at, name } = identity
    if (name === 'key') report('identity-named-key', { key: at }, {})
    const kinds = kindsOf(identity)
    const [kind, ...more] = kinds
    if (kind === undefined || more.length > 0) {
      const problem =
        kind === undefined ? `names none of ${Object.keys(KINDS).join(', ')}` : `names ${kinds.join(' and ')}`
      report('identity-wrong-kind', { key: at }, { name, problem })
      continue
    }
    reportIdle(identity, kind, report, given)
    if (identity.tenant === null && identity.owner === null) report('identity-without-tenant', { key: at }, { name })
    if (kind === 'issuer' && identity.audience === null) report('identity-without-audience', { key: at }, { name })
    if (!taken.has(position) && name !== 'key') report('identity-unused', { key: at }, { name })
  }
  reportUnasked(config, report)
  reportUrls(config, report)
  reportSharedIssuers(config, report)
}

function kindsOf({ issuer, introspect, certificates }: LinkedIdentity): Kind[] {
  const named = { issuer, introspect, certificates }
  // Safe: the names of the object above.
  return (Object.keys(named) as Kind[]).filter((kind) => named[kind] !== null)
}

function reportIdle({ at, name }: LinkedIdentity, kind: Kind, report: Report, { raw }: Given): void {
  for (const [path, kinds] of ONLY_OF) {
    const where = pointTo(at, ...path)
    if (!kinds.includes(kind) && writtenAt(raw, where) !== undefined)
      report('identity-key-without-effect', { key: where }, { key: path.at(-1) ?? '', name, kind: KINDS[kind] })
  }
}

/** Certificates come only where callers are asked for them. */
function reportUnasked({ settings, identities }: LinkedConfig, report: Report): void {
  if (settings.listen.some(({ tls }) => tls !== null && tls.clientCa !== null)) return
  const hint =
    'Write under "gateway", for example: listen: { address: 0.0.0.0:8443, tls: { cert: ./cert.pem, key: ./key.pem, clientCa: ./clients.pem } }'
  for (const { at, name, certificates } of identities) {
    const where = { key: pointTo(at, 'certificates') }
    if (certificates !== null) report('certificates-never-asked-for', where, { name }, { hint })
  }
}

function reportUrls({ identities }: LinkedConfig, report: Report): void {
  for (const { at, issuer, jwks, introspect } of identities) {
    const urls = [
      { where: pointTo(at, 'issuer'), url: issuer },
      { where: pointTo(at, 'jwks'), url: jwks },
      { where: pointTo(at, 'introspect', 'url'), url: introspect?.url ?? null },
    ]
    for (const { where, url } of urls) {
      if (url !== null && !isSecure(url)) report('identity-url-not-secure', where, { url })
    }
  }
}

/** The runtime holds what it finds by discovery against the same. */
function isSecure(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
  return protocol === 'https:' || isLoopback
}

function reportSharedIssuers({ identities }: LinkedConfig, report: Report): void {
  const firsts = new Map<string, LinkedIdentity>()
  for (const identity of identities) {
    const { at, name, issuer } = identity
    if (issuer === null) continue
    const first = firsts.get(issuer)
    if (first === undefined) firsts.set(issuer, identity)
    else {
      const related = [{ message: 'first named here', where: pointTo(first.at, 'issuer') }]
      report('identity-issuer-duplicate', pointTo(at, 'issuer'), { name, other: first.name }, { related })
    }
  }
}
