import type { CertificateMatchRow } from '../../schemas/identity-rows.ts'
import { addressText, parseAddressWords } from '../address-words.ts'
import type { ClientCertificate } from './client-certificate.ts'

/** @returns The name that it is known by, or null. */
export type MatchCertificate = (certificate: ClientCertificate) => string | null

/** No label is "*": a certificate for all names of a domain is no certificate of one of them. */
const LABEL = /^[a-z0-9_-]+$/
const ONE_LABEL = '*.'

/** Makes one way to know a certificate ready. */
export function createMatch({ by, value, subject }: CertificateMatchRow): MatchCertificate {
  if (by === 'thumbprint') {
    const wanted = Buffer.from(value, 'hex')
    return ({ thumbprint }) => (thumbprint.equals(wanted) ? value : null)
  }
  if (by === 'subject') {
    const wanted = JSON.stringify(subject)
    return (certificate) =>
      certificate.subject !== null && JSON.stringify(certificate.subject) === wanted ? value : null
  }
  const isMeant = by === 'dns' ? matchDns(value) : by === 'ip' ? matchAddress(value) : (name: string) => name === value
  return ({ names }) => {
    const found = names.find((name) => name.by === by && isMeant(name.value))
    if (found === undefined) return null
    return by === 'dns' ? found.value.toLowerCase() : value
  }
}

/** @see RFC 9525, section 6.3: a star is one whole label, the left-most. */
function matchDns(pattern: string): (name: string) => boolean {
  const wanted = pattern.toLowerCase()
  if (!wanted.startsWith(ONE_LABEL)) return (name) => name.toLowerCase() === wanted
  const rest = wanted.slice(1)
  return (name) => {
    const lower = name.toLowerCase()
    return lower.endsWith(rest) && LABEL.test(lower.slice(0, -rest.length))
  }
}

function matchAddress(value: string): (name: string) => boolean {
  const wanted = oneForm(value)
  return (name) => oneForm(name) === wanted
}

/** An address has many forms as text. */
function oneForm(text: string): string {
  const words = parseAddressWords(text)
  return words === null ? text : addressText(words)
}
