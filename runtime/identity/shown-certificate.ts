import type { Caller } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { isInTime, readCertificate, type ClientCertificate } from './client-certificate.ts'
import { createRecentMap } from './recent-map.ts'

/** Certificates that were shown lately: to take one apart costs more than all else of a request. */
export interface ShownCertificates {
  /** @returns Null for a text that is no certificate. */
  readonly read: (pem: string) => ShownCertificate | null
}

export interface ShownCertificate {
  readonly certificate: ClientCertificate
  /** Who it is to the identities that were asked, by their position; null to one that does not know it. */
  readonly callers: Map<number, Caller | null>
}

/** A few thousand machines; each entry holds a few KB. */
const CERTIFICATES_MAX = 4096

export function createShownCertificates(): ShownCertificates {
  const known = createRecentMap<ShownCertificate>(CERTIFICATES_MAX)
  return {
    read: (pem) => {
      const before = known.get(pem)
      if (before !== undefined) return before
      const certificate = readCertificate(pem)
      if (certificate === null) return null
      const shown = { certificate, callers: new Map<number, Caller | null>() }
      known.set(pem, shown)
      return shown
    },
  }
}

/** The certificate that the caller showed, if there is one that holds now. */
export function shownCertificate({ readCertificate: read, table, wallMs }: Exchange): ShownCertificate | null {
  if (read === null || table.certificates === null) return null
  const pem = read()
  const shown = pem === '' ? null : table.certificates.read(pem)
  return shown !== null && isInTime(shown.certificate, wallMs) ? shown : null
}
