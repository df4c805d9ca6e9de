import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseMatch } from '../../../compiler/certificates/parse-match.ts'
import { readAlternatives, readSubject } from '../../../runtime/identity/certificate-names.ts'
import { isInTime, readCertificate, type ClientCertificate } from '../../../runtime/identity/client-certificate.ts'
import { createMatch } from '../../../runtime/identity/match-certificate.ts'
import type { CertificateMatch } from '../../../schemas/identity-config.ts'
import { createAuthority, type Authority } from '../../support/certificates.ts'
import { group } from '../../support/group.ts'

/** The name that a certificate is known by, if the config says so of it. */
function knownAs(by: CertificateMatch['by'], text: string, certificate: ClientCertificate): string | null {
  const row = parseMatch({ at: '', by, text })
  if ('problem' in row) throw new Error(row.problem)
  return createMatch(row)(certificate)
}

const NOBODY: ClientCertificate = { thumbprint: Buffer.alloc(32), subject: null, names: [], fromMs: 0, untilMs: 0 }
const withNames = (text: string): ClientCertificate => ({ ...NOBODY, names: readAlternatives(text) })
const withSubject = (text: string): ClientCertificate => ({ ...NOBODY, subject: readSubject(text) })

describe('a name with a star', () => {
  test.each([
    ['DNS:a.globex.example', 'a.globex.example'],
    ['DNS:A.Globex.EXAMPLE', 'a.globex.example'],
    ['DNS:other.example, DNS:b.globex.example', 'b.globex.example'],
    ['DNS:a.b.globex.example', null],
    ['DNS:globex.example', null],
    ['DNS:.globex.example', null],
    ['DNS:aglobex.example', null],
    ['DNS:*.globex.example', null],
    ['DNS:a.globex.example.evil.example', null],
    ['DNS:"a.globex.example\\u0000.evil.example"', null],
    ['DNS:"x\\u002c DNS:a.globex.example"', null],
    ['DNS:"\\u0000.globex.example"', null],
    ['URI:a.globex.example', null],
    ['email:a.globex.example', null],
    ['DirName:"CN=x\\u002c DNS:a.globex.example"', null],
    ['othername:<unsupported>, DNS:a.globex.example', 'a.globex.example'],
    ['', null],
  ])('%s is known as %s', (names, name) => {
    expect(knownAs('san', '*.globex.example', withNames(names))).toBe(name)
  })
})

describe('a name without a star', () => {
  test.each([
    ['a.example', 'DNS:A.example', 'a.example'],
    ['a.example', 'DNS:*.example', null],
    ['a.example', 'DNS:b.a.example', null],
    ['spiffe://globex/robot', 'URI:spiffe://globex/robot', 'spiffe://globex/robot'],
    ['spiffe://globex/robot', 'URI:spiffe://globex/robot/x', null],
    ['spiffe://globex/robot', 'URI:SPIFFE://globex/robot', null],
    ['robot@globex.example', 'email:robot@globex.example', 'robot@globex.example'],
    ['robot@globex.example', 'email:Robot@globex.example', null],
    ['10.0.0.7', 'IP Address:10.0.0.7', '10.0.0.7'],
    ['10.0.0.7', 'DNS:10.0.0.7', null],
    ['2001:db8::7', 'IP Address:2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['2001:db8::7', 'IP Address:2001:DB8:0:0:0:0:0:8', null],
  ])('%s meets %s: %s', (text, names, name) => expect(knownAs('san', text, withNames(names))).toBe(name))
})

describe('a subject', () => {
  test.each([
    ['CN=robot-7', 'CN=robot-7', true],
    ['CN=robot-7', 'CN=Robot-7', false],
    ['CN=robot-7', 'O=Globex\nCN=robot-7', false],
    ['CN=robot-7,O=Globex', 'O=Globex\nCN=robot-7', true],
    ['O=Globex,CN=robot-7', 'O=Globex\nCN=robot-7', false],
    ['CN=robot-7+O=Globex', 'O=Globex + CN=robot-7', true],
    ['CN=robot-7+O=Globex', 'O=Globex\nCN=robot-7', false],
    // Whoever may choose one value of a name must not choose the others.
    ['CN=robot-7', 'CN=evil/CN=robot-7', false],
    ['CN=robot-7', 'CN=x\\0ACN=robot-7', false],
    ['CN=robot-7,CN=x', 'CN=x\\0ACN=robot-7', false],
    ['CN=robot-7', 'CN=robot-7\\00', false],
    ['CN=robot-7+O=x', 'O=x \\+ CN=robot-7', false],
    ['CN=a\\,O\\=b', 'CN=a\\,O=b', true],
    ['CN=a,O=b', 'CN=b\\,O=a', false],
  ])('%s meets %j: %s', (text, subject, isMet) => {
    expect(knownAs('subject', text, withSubject(subject))).toBe(isMet ? text : null)
  })

  test.each(['CN', 'CN=a\\', '=a', 'CN=a\n', 'CN=a + ', 'a b=c'])('%j cannot be taken apart', (text) => {
    expect(readSubject(text)).toBeNull()
  })
})

test.each(['DNS:"a', 'DNS:a, ', 'DNS', 'DNS:"\\x"', 'DNS:a"b', ', DNS:a'])(
  'nothing is believed of alternative names such as %j',
  (text) => expect(readAlternatives(text)).toEqual([]),
)

test('what is no certificate is nothing', () => {
  expect(readCertificate('')).toBeNull()
  expect(readCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBeNull()
})

test('a certificate holds from its first to its last second', () => {
  const certificate = { ...NOBODY, fromMs: 1000, untilMs: 3000 }
  expect([999, 1000, 3000, 3001].map((ms) => isInTime(certificate, ms))).toEqual([false, true, true, false])
  expect(isInTime({ ...NOBODY, fromMs: NaN, untilMs: NaN }, 0)).toBe(false)
})

group('certificates made for the test', () => {
  let folder: string
  let authority: Authority
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keysmith-names-'))
    authority = createAuthority(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const issue = (subject: string, names?: string) => {
    const { cert } = authority.issue({ subject, ...(names === undefined ? {} : { names }) })
    const certificate = readCertificate(readFileSync(cert, 'utf8'))
    if (certificate === null) throw new Error('it is one')
    return { cert, certificate }
  }
  const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8' }).trim()

  test.each([
    '/CN=robot-7',
    '/O=Globex, Inc/OU=a=b/CN=robot-7',
    '/CN=a+O=b/C=DE',
    '/CN=a\\+O=b',
    '/CN=evil\\/CN=robot-7',
    '/CN=x\nCN=robot-7',
    '/CN= lead and trail ',
    '/CN=#hash',
    '/CN=café 😀',
    '/CN=a"b\\\\c<d>;=e',
    '/DC=example/UID=7/emailAddress=a@b.example/serialNumber=9/ST=x/street=y/L=z/title=t/SN=s/GN=g',
  ])('a certificate of %j is known by the name that openssl prints in the form of RFC 2253', (subject) => {
    const { cert, certificate } = issue(subject)
    // It cuts the name where the trimming of a line would.
    const printed = execFileSync('openssl', ['x509', '-in', cert, '-noout', '-subject', '-nameopt', 'RFC2253'])
    const text = printed
      .toString()
      .replace(/^subject=/, '')
      .replace(/\n$/, '')
    expect(knownAs('subject', text, certificate)).toBe(text)
    expect(knownAs('subject', 'CN=robot-7', certificate)).toBe(text === 'CN=robot-7' ? text : null)
  })

  test('one is known by the thumbprint that openssl prints, and no other', () => {
    const { cert, certificate } = issue('/CN=a')
    const printed = openssl('x509', '-in', cert, '-noout', '-fingerprint', '-sha256')
    const digits = printed.replace(/^.*=/, '').replaceAll(':', '').toLowerCase()
    expect(knownAs('thumbprint', `sha256:${digits}`, certificate)).toBe(digits)
    expect(knownAs('thumbprint', `sha256:${digits}`, issue('/CN=a').certificate)).toBeNull()
  })

  test('one is known by its alternative names, of each kind', () => {
    const names = 'DNS:a.globex.example, URI:spiffe://globex/r, email:r@globex.example, IP:10.0.0.7, IP:2001:db8::7'
    const { certificate } = issue('/CN=b.globex.example', `${names}, RID:1.2.3.4, otherName:1.2.3.4;UTF8:x`)
    for (const text of ['*.globex.example', 'spiffe://globex/r', 'r@globex.example', '10.0.0.7', '2001:db8::7'])
      expect(knownAs('san', text, certificate)).not.toBeNull()
    // The common name is no alternative name.
    expect(knownAs('san', 'b.globex.example', certificate)).toBeNull()
  })

  test('the times are those of the certificate', () => {
    const from = new Date('2026-01-02T03:04:05Z')
    const until = new Date('2026-02-03T04:05:06Z')
    const { cert } = authority.issue({ subject: '/CN=a', from, until })
    expect(readCertificate(readFileSync(cert, 'utf8'))).toMatchObject({
      fromMs: from.getTime(),
      untilMs: until.getTime(),
    })
  })
})
