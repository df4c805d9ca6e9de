import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { IdentityRow, IssuerRow } from '../../schemas/identity-rows.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { AT_MS, compileTestTable } from '../support/decider.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'
import { hmacToken, jwksOf } from '../support/signer.ts'
import { ISSUER, OTHER_ISSUER, TOKENS_CONFIG } from '../support/tokens-config.ts'
import { CLAIMS, createTokensGateway, EC, ED, NOW_S, OTHER, RSA, STRANGER } from '../support/tokens-gateway.ts'
import { createRandom, type Random } from './random.ts'
import { seedOfRun } from './seed.ts'

const SEED = seedOfRun()
const TOKENS = 1500
const LEEWAY_SECONDS = 30
const SIGNERS = [EC, EC, EC, RSA, RSA, ED, ED, OTHER, STRANGER]

let table: GatewayTable
beforeAll(async () => {
  table = await compileTestTable(TOKENS_CONFIG)
  console.log(`tokens: PARITY_SEED=${SEED}`)
})

test('a token holds when another library says so, and its tenant is known', async () => {
  const { taken, refused, wrong } = await compare(table, TOKENS)
  expect(wrong).toEqual([])
  expect(Math.min(taken, refused)).toBeGreaterThan(TOKENS / 10)
})

/** Each must show in what becomes of tokens, or the tokens do not look where it is. */
const FAULTS: Readonly<Record<string, Partial<IdentityRow>>> = {
  'any audience': { audience: '' },
  'another audience': { audience: 'other' },
  'an hour of leeway': { leewayMs: 3_600_000 },
  'no leeway': { leewayMs: 0 },
  'an algorithm less': { issuer: issuerOf(['RS256', 'EdDSA']) },
  'another issuer': { issuer: { ...issuerOf(['RS256', 'ES256', 'EdDSA']), issuer: OTHER_ISSUER } },
  'no tenant': { tenant: -1 },
}

test.each(Object.entries(FAULTS))('a table with this fault is found out: %s', async (_, fault) => {
  const identities = table.identities.map((row, i) => (i === 0 ? { ...row, ...fault } : row))
  expect((await compare({ ...table, identities }, TOKENS / 3)).wrong).not.toEqual([])
})

function issuerOf(algorithms: readonly string[]): IssuerRow {
  return { issuer: ISSUER, jwks: `${ISSUER}/jwks.json`, algorithms }
}

/** How many tokens were taken and refused, and those of which the judge says otherwise. */
async function compare(compared: GatewayTable, count: number) {
  const random = createRandom(SEED)
  const gateway = createTokensGateway(compared)
  const result = { taken: 0, refused: 0, wrong: new Array<{ token: string; code: string | null }>() }
  for (let i = 0; i < count; i++) {
    const token = mutated(makeToken(random, i), random)
    const code = await gateway.codeOf(token, { url: '/corp' })
    // What is allowed to its caller is another matter.
    const isTaken = code !== 'invalid-token'
    if (isTaken !== (await judge(token))) result.wrong.push({ token, code })
    if (isTaken) result.taken++
    else result.refused++
  }
  return result
}

/** Most are sound in all but one or two things. */
function makeToken(random: Random, i: number): string {
  // `undefined` is one of them: it leaves a member out.
  const pick = (usual: unknown, others: readonly unknown[]): unknown =>
    random.chance(0.93) ? usual : others[random.below(others.length)]
  const claims = {
    iss: pick(ISSUER, [OTHER_ISSUER, `${ISSUER}/`, undefined, [ISSUER], '']),
    aud: pick('acme-api', [['x', 'acme-api'], 'other', [], undefined, ['acme-api'], 'acme-api ']),
    sub: pick(`s${i}`, [undefined, 7, 'ann\n']),
    exp: pick(NOW_S + 300, [NOW_S - 31, NOW_S - 30, NOW_S - 29, NOW_S, undefined, '9999999999', NOW_S + 0.5]),
    nbf: pick(undefined, [NOW_S, NOW_S + 29, NOW_S + 30, NOW_S + 31, 'now', null]),
    org: pick('globex', ['initech', 'hooli', undefined, ['globex'], 7]),
    groups: random.some(['partners', 'ops', 'others'], 0.5),
  }
  const header = {
    typ: pick('JWT', ['at+jwt', undefined, 'dpop+jwt', 'logout+jwt', 7]),
    ...(random.chance(0.03)
      ? { alg: random.pick(['none', 'HS256', 'RS256', 'ES256', 'ES384', 'EdDSA', 'PS256']) }
      : {}),
    ...(random.chance(0.03) ? { kid: pick('ec', ['ec', 'rsa', 'nobody', '', '../ec', undefined]) } : {}),
    ...(random.chance(0.02) ? { crit: ['x'], x: 1 } : {}),
  }
  if (random.chance(0.02)) return hmacToken(JSON.stringify(RSA.jwk), { alg: 'HS256', kid: 'rsa' }, claims)
  return random.pick(SIGNERS).token(claims, header)
}

/** Now and then a character is another, is missing or is one too many. */
function mutated(token: string, random: Random): string {
  if (random.chance(0.85)) return token
  const at = random.below(token.length)
  const kind = random.below(3)
  const character = random.pick([...'ABCDabcd0123-_.='])
  return token.slice(0, at) + (kind === 0 ? '' : character) + token.slice(kind === 1 ? at : at + 1)
}

const KEYS = createLocalJWKSet(JSON.parse(jwksOf(EC, RSA, ED)) as JSONWebKeySet)
const TYPES = /^(application\/)?(at\+)?jwt$/i

/** An obvious reading of what a token must be, by a library that shares no line with the runtime. */
async function judge(token: string): Promise<boolean> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, KEYS, {
      issuer: ISSUER,
      audience: 'acme-api',
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      clockTolerance: LEEWAY_SECONDS,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(AT_MS),
    })
    // The library ignores what other bits a last character has, and takes any type.
    const isCanonical = token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
    const { typ } = protectedHeader
    const isOfType = typ === undefined || (typeof typ === 'string' && TYPES.test(typ))
    const { org } = payload
    return isCanonical && isOfType && typeof payload.sub === 'string' && (org === 'globex' || org === 'initech')
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

const SCOPES = ['things:read', 'things:write', 'admin:all']
const ROLES = { partner: 'partners', operator: 'ops' }
const TENANTS = ['globex', 'initech']
const REQUESTS = ['GET /things', 'POST /things', 'GET /subscribed', 'GET /both', 'POST /both', 'DELETE /both']

/** All that a caller can hold here: each tenant, each set of scopes, each set of roles. */
const HOLDINGS = TENANTS.flatMap((tenant) =>
  subsetsOf(SCOPES).flatMap((scopes) => subsetsOf(Object.keys(ROLES)).map((roles) => ({ tenant, scopes, roles }))),
).map((held, i) => ({ ...held, id: `k${i}`, secret: makeSecret('acme', 'live', `held ${i}`) }))

test('a token may do what a key of its tenant with the same roles and scopes may do, and nothing else', async () => {
  const keysOf = (tenant: string): string =>
    HOLDINGS.filter((held) => held.tenant === tenant)
      .map(({ id, secret, scopes, roles }) => {
        const grants = [...listOf('scopes', scopes), ...listOf('roles', roles)].join('')
        return `      ${id}: { digest: "${digestOf(secret)}", ${grants}expires: 2099-01-01 }\n`
      })
      .join('')
  const config = TOKENS_CONFIG.slice(0, TOKENS_CONFIG.indexOf('tenants:')).replace(
    '  open:\n',
    `  both:
    basePath: /both
    upstream: origin
    access: authenticated
    auth: [key, corp]
    routes:
      GET /: { scope: admin:all }
      POST /: { scopes: [things:write, admin:all] }
      DELETE /: { scopes: [things:read, things:write] }
  open:
`,
  )
  const gateway = createTokensGateway(
    await compileTestTable(`${config}tenants:
  globex:
    subscriptions:
      subscribed: { status: approved, by: ops, since: 2026-11-01 }
    keys:
${keysOf('globex')}  initech:
    subscriptions:
      subscribed: { status: pending }
    keys:
${keysOf('initech')}`),
  )
  const seen = new Set<string | null>()
  for (const { tenant, scopes, roles, secret } of HOLDINGS) {
    // Safe: the names of the object itself.
    const groups = roles.map((role) => ROLES[role as keyof typeof ROLES])
    const token = EC.token({ ...CLAIMS, org: tenant, groups, scope: scopes.join(' ') })
    for (const request of REQUESTS) {
      const [method = '', url = ''] = request.split(' ')
      const ofKey = await gateway.codeOf(secret, { method, url })
      const ofToken = await gateway.codeOf(token, { method, url })
      expect({ request, tenant, scopes, roles, code: ofToken }).toEqual({ request, tenant, scopes, roles, code: ofKey })
      seen.add(ofKey)
    }
  }
  expect(seen).toEqual(new Set([null, 'insufficient-scope', 'subscription-not-approved']))
})

function subsetsOf(names: readonly string[]): string[][] {
  return names.reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
}

function listOf(name: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${name}: [${items.map((item) => `"${item}"`).join(', ')}], `]
}
