import type { CertificateMatch } from '../../schemas/identity-config.ts'
import type { CertificateMatchRow } from '../../schemas/identity-rows.ts'
import { parseAddressRange } from '../2-validate/addresses.ts'
import { parseDistinguishedName } from './parse-distinguished-name.ts'

type Parsed = CertificateMatchRow | { readonly problem: string }

const THUMBPRINT = /^sha256:([0-9a-f]{64})$/
const PRINTABLE = /^[\x21-\x7e]+$/
const LABEL = '[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?'
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`)
const STAR = '*.'

/** Reads one way to know a certificate. @returns It, or what is wrong with its text, for a sentence that begins with it. */
export function parseMatch({ by, text }: CertificateMatch): Parsed {
  if (by === 'subject') {
    const name = parseDistinguishedName(text)
    return 'problem' in name ? name : { by, value: text, subject: name.parts }
  }
  if (by === 'san') return parseAlternative(text)
  const [, digits] = THUMBPRINT.exec(text) ?? []
  if (digits === undefined) return { problem: 'is not sha256: and 64 small hex digits' }
  return { by, value: digits, subject: [] }
}

/** What is meant is told by its form: an address, a URI with its colon, a mail address with its "@", else a name of DNS. */
function parseAlternative(text: string): Parsed {
  if (!PRINTABLE.test(text)) return { problem: 'has characters that no such name has' }
  if (isAddress(text)) return { by: 'ip', value: text, subject: [] }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:./.test(text)) return { by: 'uri', value: text, subject: [] }
  if (/^[^@]+@[^@]+$/.test(text)) return { by: 'email', value: text, subject: [] }
  const isWild = text.startsWith(STAR)
  const name = isWild ? text.slice(STAR.length) : text
  if (!DNS_NAME.test(name))
    return {
      problem: 'is no name of DNS, URI, mail address or IP address; a "*" stands for the whole first label only',
    }
  if (isWild && !name.includes('.')) return { problem: 'would be met by any name of a whole top-level domain' }
  return { by: 'dns', value: text.toLowerCase(), subject: [] }
}

function isAddress(text: string): boolean {
  return !text.includes('/') && parseAddressRange(text) !== null
}
