import { expect, test } from 'vitest'
import { parseToken, TOKEN_CHARACTERS_MAX } from '../../../runtime/identity/parse-token.ts'
import { createSigner, encode, unsigned } from '../../support/signer.ts'

const SIGNER = createSigner('ES256', 'k1')
const CLAIMS = { iss: 'https://id.example.com', sub: 'ann' }

/** A token with a header and claims as they are written, whatever they are. */
function tokenOf(header: string, claims = JSON.stringify(CLAIMS), signature = 'AAAA'): string {
  return `${encode(header)}.${encode(claims)}.${signature}`
}

test('a token is taken apart into what was signed and what was said', () => {
  const token = SIGNER.token(CLAIMS)
  expect(parseToken(token)).toMatchObject({ algorithm: 'ES256', keyId: 'k1', claims: CLAIMS })
  expect(parseToken(token)?.signed).toBe(token.slice(0, token.lastIndexOf('.')))
  expect(parseToken(token)?.signature).toHaveLength(64)
})

test.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt', undefined])(
  'a token of type %s is read',
  (typ) => expect(parseToken(SIGNER.token(CLAIMS, { typ }))).not.toBeNull(),
)

test.each([
  ...['logout+jwt', 'dpop+jwt', 'id+jwt', 'secevent+jwt', 'JOSE', 'JWE', '', 'JWT ', 7, null, ['JWT'], { JWT: 1 }].map(
    (typ) => ({ typ }),
  ),
  { jku: 'https://evil.example.com/keys' },
  { x5u: 'https://evil.example.com/cert' },
  { jwk: SIGNER.jwk },
  { x5c: ['MIIB'] },
  { jku: null },
  { crit: ['exp'] },
  { crit: ['b64'], b64: false },
  { crit: [] },
  { b64: true },
  { zip: 'DEF' },
  { alg: undefined },
  { alg: 256 },
  { alg: ['ES256'] },
  { kid: 7 },
  { kid: null },
  { kid: ['k1'] },
  { kid: { toString: 'k1' } },
  { kid: 'k'.repeat(257) },
])('a token whose header has %o is not read', (header) => {
  expect(parseToken(SIGNER.token(CLAIMS, header))).toBeNull()
})

test.each([
  ['', 'nothing'],
  ['..', 'empty parts'],
  ['a.b', 'two parts'],
  [`${SIGNER.token(CLAIMS)}.AAAA`, 'four parts'],
  [`${SIGNER.token(CLAIMS)}.`, 'an empty fourth part'],
  [`${unsigned({ alg: 'ES256' }, CLAIMS)}.`, 'an empty signature'],
  [` ${SIGNER.token(CLAIMS)}`, 'a space before it'],
  [`${SIGNER.token(CLAIMS)}\n`, 'a line break behind it'],
  [`${SIGNER.token(CLAIMS)}=`, 'padding'],
  [SIGNER.token(CLAIMS).replace('.', '=.'), 'padding inside'],
  [tokenOf('{"alg":"ES256"}', JSON.stringify(CLAIMS), 'AA+/'), 'the other base 64'],
  [tokenOf('{"alg":"ES256"}').replace('.', '. '), 'a space inside'],
  [tokenOf('{"alg":"ES256","alg":"none"}'), 'a header with a member twice'],
  [tokenOf('{"alg":"ES256","\\u0061lg":"none"}'), 'a header with a member twice, once escaped'],
  [tokenOf('{"alg":"ES256"}', '{"sub":"ann","sub":"bob"}'), 'claims with a member twice'],
  [tokenOf('{"alg":"ES256"}', '{"a":{"b":1,"b":2}}'), 'claims with a member twice further in'],
  [tokenOf('{"alg":"ES256"}', '"ann"'), 'claims that are a text'],
  [tokenOf('{"alg":"ES256"}', '[]'), 'claims that are a list'],
  [tokenOf('{"alg":"ES256"}', 'null'), 'claims that are null'],
  [tokenOf('{"alg":"ES256"}', '{"sub":"ann"} x'), 'claims with something behind them'],
  [tokenOf('{"alg":"ES256"}', '\ufeff{"sub":"ann"}'), 'claims with a byte order mark'],
  [tokenOf('[]'), 'a header that is a list'],
  [tokenOf('{"alg":"ES256"'), 'half a header'],
  [
    `${encode('{"alg":"ES256"}')}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.AAAA`,
    'claims that are not UTF-8',
  ],
  [tokenOf('{"alg":"ES256"}', `${'['.repeat(70)}${']'.repeat(70)}`), 'claims of a great depth'],
])('what is no token is not read: %#, %s', (text) => {
  expect(parseToken(text)).toBeNull()
})

test('a part that another text decodes to as well is not read', () => {
  const token = tokenOf('{"alg":"ES256"}', JSON.stringify(CLAIMS), 'AAA')
  expect(parseToken(token)).not.toBeNull()
  // The last character has two bits that nothing holds.
  expect(parseToken(token.slice(0, -1) + 'B')).toBeNull()
  expect(parseToken(token + 'A'.repeat(2))).toBeNull()
})

test('a token that is longer than a header can be is not looked at', () => {
  const long = tokenOf('{"alg":"ES256"}', JSON.stringify({ ...CLAIMS, x: 'x'.repeat(TOKEN_CHARACTERS_MAX) }))
  expect(parseToken(long)).toBeNull()
})
