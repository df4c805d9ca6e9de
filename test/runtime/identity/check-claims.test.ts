import { expect, test } from 'vitest'
import { checkClaims, endOfClaims, type ClaimRules } from '../../../runtime/identity/check-claims.ts'

const NOW_S = 1_800_000_000
const NOW_MS = NOW_S * 1000
const RULES: ClaimRules = { issuer: 'https://id.example.com', audience: 'acme-api', leewayMs: 30_000, needsEnd: true }
const GOOD = { iss: 'https://id.example.com', aud: 'acme-api', sub: 'ann', exp: NOW_S + 60 }

function faultOf(claims: object, rules = RULES): string | null {
  return checkClaims({ ...GOOD, ...claims }, rules, NOW_MS)
}

test.each([
  {},
  { aud: ['other', 'acme-api'] },
  { nbf: NOW_S, iat: NOW_S },
  { nbf: NOW_S + 30, iat: NOW_S + 30 },
  { exp: NOW_S - 29.5 },
  { exp: NOW_S + 0.5 },
  { sub: 'x'.repeat(1024) },
  { sub: 'ann/\u00e4\n' },
])('claims that hold: %o', (claims) => expect(faultOf(claims)).toBeNull())

test.each([
  [{ iss: 'https://id.example.com/' }, 'issuer'],
  [{ iss: 'https://ID.example.com' }, 'issuer'],
  [{ iss: ['https://id.example.com'] }, 'issuer'],
  [{ iss: undefined }, 'issuer'],
  [{ aud: 'acme-api2' }, 'audience'],
  [{ aud: 'acme' }, 'audience'],
  [{ aud: undefined }, 'audience'],
  [{ aud: [] }, 'audience'],
  [{ aud: ['acme-api', 7] }, 'audience'],
  [{ aud: { 'acme-api': true } }, 'audience'],
  [{ sub: undefined }, 'subject'],
  [{ sub: '' }, 'subject'],
  [{ sub: 7 }, 'subject'],
  [{ sub: ['ann'] }, 'subject'],
  [{ sub: 'x'.repeat(1025) }, 'subject'],
  [{ sub: '\ud800' }, 'subject'],
  [{ exp: undefined }, 'end'],
  [{ exp: String(NOW_S + 60) }, 'end'],
  [{ exp: null }, 'end'],
  [{ exp: Infinity }, 'end'],
  [{ exp: NOW_S - 30 }, 'expired'],
  [{ exp: 0 }, 'expired'],
  [{ exp: -1 }, 'expired'],
  [{ nbf: NOW_S + 31 }, 'early'],
  [{ nbf: '0' }, 'times'],
  [{ nbf: null }, 'times'],
  [{ iat: NOW_S + 31 }, 'issued later'],
  [{ iat: {} }, 'times'],
])('claims that do not hold: %o', (claims, fault) => expect(faultOf(claims)).toBe(fault))

test('where a service answers for a token, its end may be left out, and is looked at where it is not', () => {
  const rules = { ...RULES, issuer: null, needsEnd: false }
  expect(faultOf({ exp: undefined, iss: undefined }, rules)).toBeNull()
  expect(faultOf({ exp: NOW_S - 30 }, rules)).toBe('expired')
  expect(faultOf({ exp: 'soon' }, rules)).toBe('end')
  expect(faultOf({ sub: undefined }, rules)).toBe('subject')
})

test('without an audience in the config a token may be for anybody', () => {
  expect(faultOf({ aud: undefined }, { ...RULES, audience: '' })).toBeNull()
})

test('claims hold until their end and the leeway', () => {
  expect(endOfClaims(GOOD, 30_000)).toBe(NOW_MS + 90_000)
  expect(endOfClaims({}, 30_000)).toBe(Infinity)
})
