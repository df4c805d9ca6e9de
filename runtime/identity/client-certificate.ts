import { hash, X509Certificate } from 'node:crypto'
import type { SubjectRow } from '../../schemas/identity-rows.ts'
import { readAlternatives, readSubject, type AlternativeName } from './certificate-names.ts'

/** What a caller's certificate says, as far as anything looks at it. Its signature was verified in the handshake. */
export interface ClientCertificate {
  /** SHA-256 of the whole certificate: 32 bytes. */
  readonly thumbprint: Buffer
  /** Null when it has none, or one that cannot be read. */
  readonly subject: SubjectRow | null
  readonly names: readonly AlternativeName[]
  /** Milliseconds since 1970 UTC. */
  readonly fromMs: number
  readonly untilMs: number
}

/** @returns Null for a text that is no certificate. */
export function readCertificate(pem: string): ClientCertificate | null {
  try {
    const { raw, subject, subjectAltName, validFrom, validTo } = new X509Certificate(pem)
    return {
      thumbprint: hash('sha256', raw, 'buffer'),
      subject: readSubject(subject),
      names: readAlternatives(subjectAltName),
      fromMs: Date.parse(validFrom),
      untilMs: Date.parse(validTo),
    }
  } catch {
    // Who shows what cannot be read shows nothing.
    return null
  }
}

/** A session that is resumed was verified long ago: what has ended since then is nothing any more. */
export function isInTime({ fromMs, untilMs }: ClientCertificate, wallMs: number): boolean {
  return wallMs >= fromMs && wallMs <= untilMs
}
