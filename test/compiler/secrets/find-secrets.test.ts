import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findKnownSecrets, findRandomWord, hideKnownSecrets } from '../../../compiler/secrets/find-secrets.ts'
import { SECRET_FORMATS } from '../../../compiler/secrets/formats.ts'
import { group } from '../../support/group.ts'
import { SHARED_FOLDER } from '../../support/needs.ts'
import { createRandom, sampleOf, type Random } from './sample-of.ts'

const SAMPLES = 20
/** Of what is told by its randomness alone: chance makes some samples look like words. */
const RANDOM_FOUND_MIN = 15
const SEED = 20_261_122

const CASES = SECRET_FORMATS.flatMap((format) => format.marks.map((mark) => ({ ...format, mark })))

test.each(CASES)('a secret of $service that begins with "$mark" is found in any text', (format) => {
  const random = createRandom(SEED)
  for (let i = 0; i < SAMPLES; i++) {
    const secret = secretOf(format, random)
    for (const line of [secret, `# the old one: ${secret}`, `authorization: "Bearer ${secret}"`, `[a, ${secret}]`]) {
      const found = findKnownSecrets(line)
      expect(found, line).toHaveLength(1)
      expect(line.slice(found[0]?.from, found[0]?.to)).toContain(secret.slice(-10))
    }
  }
})

test('a secret is hidden behind as many stars as it has characters', () => {
  const secret = 'ghp_' + sampleOf('[A-Za-z0-9]{36}', createRandom(SEED)).whole
  expect(hideKnownSecrets(`token: ${secret} # mine`)).toBe(`token: ${'*'.repeat(40)} # mine`)
})

test('a private key is found by its first line', () => {
  expect(findKnownSecrets('  -----BEGIN RSA PRIVATE KEY-----\n  MIIE').map(({ what }) => what)).toEqual([
    'a private key',
  ])
})

test('a password in a URL is found, a name without one is not', () => {
  expect(findKnownSecrets('redis://user:hunter22@cache:6379')).toHaveLength(1)
  expect(findKnownSecrets('redis://user@cache:6379')).toEqual([])
})

test('a digest of a key that begins like a secret is none, a secret in its place is one', () => {
  const secret = '4b1d' + sampleOf('[A-Za-z0-9]{38}', createRandom(SEED)).whole
  expect(findKnownSecrets('sha256:4b1db76be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5')).toEqual([])
  expect(findKnownSecrets(`sha256:${secret}`)).toHaveLength(1)
})

test('placeholders of one letter are no secrets', () => {
  expect(findKnownSecrets(`ghp_${'x'.repeat(36)}`)).toEqual([])
})

test.each([
  'The mobile app, production; see https://docs.example.com/guides/2026/how-to-migrate-from-v1-to-v2.html',
  'sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f',
  '/var/log/keysmith/gateway-eu-west-1/access-2026-11-22.log',
  'globex-mobile-application-production-europe-west-1-blue',
  'get-customer-orders-by-status-and-date-2026-11-22-to-2026-12-31',
  'getCustomerOrdersByStatusAndDateOfCreation2026',
  '9c26a093-1f40-4526-8a42-11c7a92c8e09',
  'https://9c26a0931f404526a842f11c7a92c8e0-1234567890.eu-west-1.elb.example.com/health',
  'application/vnd.acme.order.v2+json;charset=utf-8',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  '^[A-Za-z0-9]{8}-[A-Za-z0-9]{4}$',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
  '1234567890123456789012345678901234567890',
  'Basic authentication is not what this does; bearer tokens are.',
])('%s is no secret', (text) => {
  expect(findKnownSecrets(text)).toEqual([])
  expect(findRandomWord(text)).toBeNull()
})

test.each([
  ['letters and digits', '[A-Za-z0-9]{40}'],
  ['base64', '[A-Za-z0-9+/]{44}'],
  ['hex', '[0-9a-f]{32}'],
  ['small letters and digits', '[a-z0-9]{40}'],
])('forty or so random %s are taken for a secret', (_, expression) => {
  const random = createRandom(SEED)
  const samples = Array.from({ length: 200 }, () => sampleOf(expression, random).whole)
  expect(samples.filter((sample) => findRandomWord(`see ${sample}`) !== null).length).toBeGreaterThan(180)
})

test('a megabyte of text that almost looks like secrets take little time', () => {
  const pieces = ['ey-', '-----BEGIN ', 't1.t', 'sk-', '://a:', 'live_', 'pat.', ':A1:A', 'Bearer ', 'AKIA']
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
    const startMs = performance.now()
    findKnownSecrets(text)
    expect(performance.now() - startMs, piece).toBeLessThan(1_500)
  }
})

/** Rules for what has no form of its own and is too short to be told by its randomness, or is a piece of another language. */
const NOT_TOLD = new Set([
  ...['airtable-api-key', 'asana-client-id', 'atlassian-api-token', 'confluent-access-token', 'discord-client-id'],
  ...['dropbox-api-token', 'etsy-access-token', 'finicity-client-secret', 'finnhub-access-token', 'generic-api-key'],
  ...['hashicorp-tf-password', 'heroku-api-key', 'hubspot-api-key', 'kucoin-access-token', 'kucoin-secret-key'],
  ...['linkedin-client-id', 'linkedin-client-secret', 'looker-client-id', 'looker-client-secret', 'snyk-api-token'],
  ...['mattermost-access-token', 'messagebird-api-token', 'messagebird-client-id', 'plaid-client-id', 'sidekiq-secret'],
  ...['sendbird-access-id', 'sonar-api-token', 'squarespace-access-token', 'sumologic-access-id', 'twitter-api-key'],
  ...['travisci-access-token', 'twitter-access-token'],
  ...['curl-auth-header', 'freemius-secret-key', 'kubernetes-secret-yaml', 'nuget-config-password'],
])

group('known secrets', () => {
  // Safe: the file's README says so, and the tests fail if it is not.
  const { rules } = JSON.parse(readFileSync(`${SHARED_FOLDER}/data/secrets/gitleaks-rules.json`, 'utf8')) as {
    rules: { id: string; regex?: string }[]
  }
  const tried = rules.flatMap(({ id, regex }) => (regex === undefined ? [] : [{ id, regex }]))

  test('there are rules to be held against', () => expect(tried.length).toBeGreaterThan(200))

  test.each(tried)('$id', ({ id, regex }) => {
    const random = createRandom(SEED)
    const found = Array.from({ length: SAMPLES }, () => isFound(sampleOf(withPlainDots(regex), random), regex))
    const count = found.filter(Boolean).length
    if (NOT_TOLD.has(id)) expect(count).toBeLessThan(SAMPLES)
    else expect(count).toBeGreaterThanOrEqual(isOfContext(regex) ? RANDOM_FOUND_MIN : SAMPLES)
  })
})

/** Rules that want a service's name before the secret are tried on the secret alone. */
function isFound({ whole, group: secret }: { whole: string; group: string }, regex: string): boolean {
  const line = `see ${isOfContext(regex) ? secret : whole} for it`
  return findKnownSecrets(line).length > 0 || findRandomWord(line) !== null
}

function isOfContext(regex: string): boolean {
  return regex.includes('(?:=|>|:')
}

/** One rule writes the dots of a host without escaping them. */
function withPlainDots(regex: string): string {
  return regex.replace('hooks.slack.com', 'hooks\\.slack\\.com')
}

function secretOf({ mark, rest, before }: { mark: string; rest: RegExp; before?: RegExp }, random: Random): string {
  const end = sampleOf(rest.source.replace(/\(\?!.*?\)+$/, ''), random).whole
  const start = before === undefined ? '' : sampleOf(before.source.replace(/^\(\?:\^.*?\)(?=\\d)/, ''), random).whole
  return start.replaceAll(/[^\w~.]/g, '') + mark + end
}
