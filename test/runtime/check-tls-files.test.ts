import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkTlsFiles } from '../../runtime/check-tls-files.ts'
import { createAuthority, type Authority, type Certified } from '../support/certificates.ts'
import { group } from '../support/group.ts'
import type { TlsRow } from '../../schemas/table.ts'

group('certificates made for the test', () => {
  let folder: string
  let authority: Authority
  let own: Certified
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keysmith-tls-'))
    authority = createAuthority(folder)
    own = authority.issue({ subject: '/CN=localhost', names: 'DNS:localhost' })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function look(...rows: readonly Partial<TlsRow>[]): readonly string[] {
    const listen = rows.map((row) => ({ host: '127.0.0.1', port: 0, tls: { ...own, clientCa: null, ...row } }))
    return checkTlsFiles([{ host: '127.0.0.1', port: 0, tls: null }, ...listen], Date.now())
  }

  function written(name: string, text: string): string {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  test('a certificate, its key and the authorities of callers pass without a word', () => {
    expect(look({ clientCa: authority.cert })).toEqual([])
    expect(checkTlsFiles([], 0)).toEqual([])
  })

  test('all that is wrong is told at once, each fault once, with where relative paths begin', () => {
    const empty = written('empty.pem', '')
    const lookWrong = () => look({ cert: 'no/cert.pem', key: folder, clientCa: empty }, { cert: 'no/cert.pem' })
    expect(lookWrong).toThrow(
      [
        'TLS cannot be served:',
        `  no/cert.pem: is not there (looked for from ${process.cwd()})`,
        `  ${folder}: is not a file`,
        `  ${empty}: has no "-----BEGIN CERTIFICATE-----" in it`,
      ].join('\n'),
    )
    expect(lookWrong).toThrow(expect.objectContaining({ name: 'StartFault' }))
  })

  test('a key of another certificate is told apart', () => {
    expect(() => look({ key: authority.key })).toThrow(
      `${authority.key}: is not the key of the first certificate in ${own.cert}`,
    )
  })

  test('a chain in the wrong order is told of as a key of another certificate', () => {
    const chain = join(folder, 'chain.pem')
    copyFileSync(authority.cert, chain)
    expect(() => look({ cert: chain })).toThrow('is not the key of the first certificate')
  })

  test('a certificate that cannot be read is named by its place in the file', () => {
    const broken = written(
      'broken.pem',
      '-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n',
    )
    expect(() => look({ cert: broken })).toThrow(`${broken}: certificate 1 cannot be read`)
  })

  test('a certificate in the place of a key is no key', () => {
    expect(() => look({ key: own.cert })).toThrow(`${own.cert}: has no private key in it that can be read`)
  })

  test('a key behind a passphrase is refused: nobody is there to enter it', () => {
    const locked = join(folder, 'locked.key')
    execFileSync('openssl', ['pkey', '-aes256', '-passout', 'pass:secret', '-in', own.key, '-out', locked])
    expect(() => look({ key: locked })).toThrow(`${locked}: is encrypted`)
  })

  test.skipIf(process.getuid?.() === 0)('a key that another user owns may not be read', () => {
    const closed = written('closed.key', 'x')
    chmodSync(closed, 0)
    expect(() => look({ key: closed })).toThrow(`${closed}: may not be read by this user`)
  })

  test('a certificate out of its time is a warning, and is served', () => {
    const day = 86_400_000
    const expired = authority.issue({ subject: '/CN=old', until: new Date(Date.now() - day), from: new Date(0) })
    const early = authority.issue({ subject: '/CN=early', from: new Date(Date.now() + day) })
    expect(look(expired)).toEqual([
      expect.stringMatching(/\d\.pem: certificate 1 has expired \(.* GMT\): callers will not accept it$/),
    ])
    expect(look(early)).toEqual([expect.stringContaining('certificate 1 is not valid yet')])
    expect(look({ clientCa: expired.cert })).toEqual([
      expect.stringMatching(
        /certificate 1 has expired \(.*\): certificates of callers that it has signed are refused$/,
      ),
    ])
  })
})
