import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of PEM files. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

export interface Authority extends Certified {
  /** Signs a certificate for a key made for it. */
  readonly issue: (options: CertificateOptions) => Certified
}

export interface CertificateOptions {
  /** As openssl takes it: "/O=Globex/CN=robot-7", "+" between the parts of one name. */
  readonly subject: string
  /** "DNS:a.example, URI:spiffe://a/b, email:a@b.example, IP:127.0.0.1"; left out: none. */
  readonly names?: string
  /** "clientAuth", "serverAuth"; left out: any. */
  readonly usage?: string
  /** Both left out: of yesterday, for ten years. */
  readonly from?: Date
  readonly until?: Date
  /** Of the key; left out: P-256. */
  readonly curve?: string
}

const DAY_MS = 86_400_000
const DAYS = 3650

/** Makes an authority that signs itself, in a folder of its own below `folder`. */
export function createAuthority(folder: string, subject = '/CN=Test authority'): Authority {
  const own = mkdtempSync(join(folder, 'authority-'))
  const files = { cert: join(own, 'ca.pem'), key: join(own, 'ca.key') }
  writeFileSync(join(own, 'ca.cnf'), configFor(own, ''))
  openssl('req', '-x509', ...newKey(), '-days', String(DAYS), '-subj', subject, ...outOf(files), ...usingConfig(own))
  mkdirSync(join(own, 'issued'))
  writeFileSync(join(own, 'index.txt'), '')
  let issued = 0
  return {
    ...files,
    issue: ({ subject: name, names, usage, from = new Date(Date.now() - DAY_MS), until = daysFrom(from), curve }) => {
      const cert = join(own, `${++issued}.pem`)
      const key = join(own, `${issued}.key`)
      const request = join(own, `${issued}.csr`)
      const extensions = [
        ...(names === undefined ? [] : [`subjectAltName = ${names}`]),
        ...(usage === undefined ? [] : [`extendedKeyUsage = ${usage}`]),
      ]
      writeFileSync(join(own, 'ca.cnf'), configFor(own, extensions.join('\n')))
      openssl('req', '-new', ...newKey(curve), '-subj', name, '-keyout', key, '-out', request, ...usingConfig(own))
      const times = ['-startdate', asn1Time(from), '-enddate', asn1Time(until)]
      openssl(
        'ca',
        '-batch',
        '-notext',
        '-utf8',
        '-preserveDN',
        ...times,
        '-in',
        request,
        '-out',
        cert,
        ...usingConfig(own),
      )
      return { cert, key }
    },
  }
}

/** A certificate that signs itself. */
export function createSelfSigned(folder: string, subject: string, names: string): Certified {
  const own = mkdtempSync(join(folder, 'self-'))
  const files = { cert: join(own, 'cert.pem'), key: join(own, 'key.pem') }
  writeFileSync(join(own, 'ca.cnf'), configFor(own, `subjectAltName = ${names}`))
  const extensions = ['-extensions', 'issued']
  openssl(
    'req',
    '-x509',
    ...newKey(),
    '-days',
    String(DAYS),
    '-subj',
    subject,
    ...extensions,
    ...outOf(files),
    ...usingConfig(own),
  )
  return files
}

/** What a client shows. */
export function contentsOf({ cert, key }: Certified): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function newKey(curve = 'P-256'): string[] {
  return ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-nodes', '-utf8']
}

function outOf({ cert, key }: Certified): string[] {
  return ['-keyout', key, '-out', cert]
}

function usingConfig(folder: string): string[] {
  return ['-config', join(folder, 'ca.cnf')]
}

function configFor(folder: string, extension: string): string {
  return `[req]
distinguished_name = names
x509_extensions = authority
[names]
[authority]
basicConstraints = critical, CA:TRUE
[ca]
default_ca = own
[own]
certificate = ${folder}/ca.pem
private_key = ${folder}/ca.key
database = ${folder}/index.txt
new_certs_dir = ${folder}/issued
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
x509_extensions = issued
[any]
[issued]
basicConstraints = CA:FALSE
${extension}
`
}

function daysFrom(from: Date): Date {
  return new Date(from.getTime() + DAYS * DAY_MS)
}

/** "20260101000000Z" */
function asn1Time(time: Date): string {
  return time.toISOString().replace(/[-:T]|\.[0-9]+/g, '')
}
