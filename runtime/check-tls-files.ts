import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { ListenRow, TlsRow } from '../schemas/table.ts'
import { StartFault } from './start-faults.ts'

/** The authorities of a large country's administration fit; what is longer is the wrong file. */
const FILE_BYTES_MAX = 4 * 1024 * 1024
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** What was found in the files of all listeners. */
interface Findings {
  /** "tls/cert.pem: is not there", a line for each. */
  readonly faults: Set<string>
  readonly warnings: Set<string>
  readonly nowMs: number
}

/**
 * Looks at the files that listeners serve TLS with: the engine, which opens them, says nothing of what it does not like.
 *
 * @returns Lines on what works and will not please callers: certificates that are out of their time.
 * @throws A `StartFault` that names all that is wrong.
 */
export function checkTlsFiles(listen: readonly ListenRow[], nowMs: number): readonly string[] {
  const findings: Findings = { faults: new Set(), warnings: new Set(), nowMs }
  for (const { tls } of listen) if (tls !== null) checkListener(tls, findings)
  const { faults, warnings } = findings
  if (faults.size === 0) return [...warnings]
  throw new StartFault(['TLS cannot be served:', ...[...faults].map((fault) => `  ${fault}`)].join('\n'))
}

function checkListener({ cert, key, clientCa }: TlsRow, findings: Findings): void {
  const [own] = readCertificates(cert, findings, 'callers will not accept it')
  const privateKey = readKey(key, findings)
  if (own !== undefined && privateKey !== null && !own.checkPrivateKey(privateKey))
    findings.faults.add(`${key}: is not the key of the first certificate in ${cert}`)
  if (clientCa !== null) readCertificates(clientCa, findings, 'certificates of callers that it has signed are refused')
}

/** @param untimely What comes of a certificate that is out of its time. */
function readCertificates(file: string, findings: Findings, untimely: string): X509Certificate[] {
  const text = readText(file, findings)
  if (text === null) return []
  const blocks = text.match(CERTIFICATE) ?? []
  if (blocks.length === 0) findings.faults.add(`${file}: has no "-----BEGIN CERTIFICATE-----" in it`)
  return blocks.flatMap((block, i) => {
    const certificate = parseCertificate(block)
    if (certificate === null) findings.faults.add(`${file}: certificate ${i + 1} cannot be read`)
    else {
      const time = outOfTime(certificate, findings.nowMs)
      if (time !== null) findings.warnings.add(`${file}: certificate ${i + 1} ${time}: ${untimely}`)
    }
    return certificate === null ? [] : [certificate]
  })
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    // What is wrong inside it is of no use to people: they make another one.
    return null
  }
}

function outOfTime({ validFrom, validTo }: X509Certificate, nowMs: number): string | null {
  if (nowMs >= Date.parse(validTo)) return `has expired (${validTo})`
  return nowMs < Date.parse(validFrom) ? `is not valid yet (${validFrom})` : null
}

function readKey(file: string, findings: Findings): KeyObject | null {
  const text = readText(file, findings)
  if (text === null) return null
  if (text.includes('ENCRYPTED')) {
    findings.faults.add(`${file}: is encrypted, and there is nobody here to enter a passphrase`)
    return null
  }
  try {
    return createPrivateKey(text)
  } catch {
    // The reason could hold a part of the key.
    findings.faults.add(`${file}: has no private key in it that can be read`)
    return null
  }
}

function readText(file: string, { faults }: Findings): string | null {
  try {
    const stat = statSync(file)
    if (!stat.isFile()) faults.add(`${file}: is not a file`)
    else if (stat.size > FILE_BYTES_MAX) faults.add(`${file}: is longer than ${FILE_BYTES_MAX} bytes`)
    else return readFileSync(file, 'utf8')
  } catch (error) {
    faults.add(`${file}: ${reasonOf(error)}`)
  }
  return null
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT' || code === 'ENOTDIR') return `is not there (looked for from ${process.cwd()})`
  return code === 'EACCES' ? 'may not be read by this user' : `cannot be read (${code})`
}
