import type { authenticateCertificate as realCertificate } from '../identity/authenticate-certificate.ts'
import type { authenticateToken as realToken } from '../identity/authenticate-token.ts'
import type { fetchText as realFetch } from '../identity/fetch-text.ts'
import { NO_SOURCES } from '../identity/identity-sources.ts'
import type { createKeyFetcher as realKeyFetcher } from '../identity/key-fetcher.ts'
import type { loadIdentities as realLoad } from '../identity/load-identities.ts'
import type { createShownCertificates as realCertificates } from '../identity/shown-certificate.ts'
import type { createThreadIdentity as realThreadIdentity } from '../identity/thread-identity.ts'
import { absent } from './absent.ts'

/** For a table without identities. */
export const loadIdentities: typeof realLoad = ({ identities }) =>
  identities.length === 0 ? [] : absent('tokens and certificates')

export const createThreadIdentity: typeof realThreadIdentity = () => ({
  sources: NO_SOURCES,
  take: () => absent('tokens'),
})

export const createKeyFetcher: typeof realKeyFetcher = () => ({
  want: () => absent('tokens'),
  keepOnly: (sources) => (sources.length === 0 ? undefined : absent('tokens')),
  health: () => [],
  close: () => undefined,
})

export const authenticateToken: typeof realToken = () => absent('tokens')
export const authenticateCertificate: typeof realCertificate = () => absent('certificates')
export const createShownCertificates: typeof realCertificates = () => absent('certificates')
export const fetchText: typeof realFetch = () => absent('tokens')
export const PROOF_ALGORITHMS = ''
