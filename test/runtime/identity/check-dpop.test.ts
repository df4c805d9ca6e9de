import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Exchange } from '../../../runtime/exchange.ts'
import { leaveLimits } from '../../../runtime/take-limits.ts'
import type { GatewayTable } from '../../../schemas/table.ts'
import { AT_MS, compileTestTable, createDecider, type TestRequest } from '../../support/decider.ts'
import { makeProof, thumbprintOf, type ProofParts } from '../../support/make-proof.ts'
import { sentLines } from '../../support/sent-lines.ts'
import { createSigner } from '../../support/signer.ts'
import { OTHER_ISSUER, READER_KEY, TOKENS_CONFIG } from '../../support/tokens-config.ts'
import { CLAIMS, createTokensGateway, EC, OTHER, type TokensGateway } from '../../support/tokens-gateway.ts'

/** Of corp tokens may be bound, of other they must be, of opaque they may not. */
const CONFIG = TOKENS_CONFIG.replace('    leeway: 30s\n', '    leeway: 30s\n    dpop: accepted\n').replace(
  '    algorithms: [ES256]\n',
  '    algorithms: [ES256]\n    dpop: required\n',
)
const HOLDER = createSigner('ES256', 'holder')
const THIEF = createSigner('ES256', 'thief')
const BOUND = EC.token({ ...CLAIMS, cnf: { jkt: thumbprintOf(HOLDER) } })
const UNBOUND = EC.token(CLAIMS)
const ALGORITHMS = 'ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA'

let table: GatewayTable
let gateway: TokensGateway
beforeAll(async () => {
  table = await compileTestTable(CONFIG)
})
beforeEach(() => {
  gateway = createTokensGateway(table)
})

interface Show {
  readonly scheme?: string
  readonly holder?: typeof HOLDER
  readonly proof?: ProofParts
  /** In place of one proof. */
  readonly proofs?: readonly string[]
  readonly request?: Partial<TestRequest>
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** Shows a token with a proof. */
async function show(token: string, options: Show = {}): Promise<Exchange> {
  const { scheme = 'DPoP', holder = HOLDER, proof = {}, request = {}, headers = [] } = options
  const { proofs = [proofFor(token, holder, proof)] } = options
  const exchange = await gateway.decide('', {
    headers: [['authorization', `${scheme} ${token}`], ...proofs.map((text) => ['dpop', text] as const), ...headers],
    ...request,
  })
  leaveLimits(exchange)
  return exchange
}

function proofFor(token: string, holder = HOLDER, parts: ProofParts = {}): string {
  return makeProof(holder, { method: 'GET', url: 'http://gateway.test/things', token }, parts)
}

/** Who called, or why nobody did. */
function told({ refusal, caller }: Exchange): string {
  return refusal === null ? (caller?.token?.subject ?? 'nobody') : `${refusal.status} ${refusal.code}`
}

function errorOf({ refusal }: Exchange): string {
  return /error="([^"]*)"/.exec(refusal?.headers ?? '')?.[1] ?? ''
}

describe('a token that is bound to a key', () => {
  test('opens for who holds that key, again and again, and the upstream sees no proof', async () => {
    for (let i = 0; i < 3; i++) expect(told(await show(BOUND))).toBe('ann')
    const exchange = await show(BOUND, { headers: [['x-note', 'hello']] })
    expect(sentLines(exchange)).toContain('x-note: hello\r\n')
    expect(sentLines(exchange)).not.toMatch(/^(dpop|authorization):/im)
  })

  test('opens whatever the case of the scheme, with a query and for HEAD', async () => {
    expect(told(await show(BOUND, { scheme: 'dpop' }))).toBe('ann')
    expect(told(await show(BOUND, { request: { url: '/things?a=1' } }))).toBe('ann')
    expect(told(await show(BOUND, { request: { method: 'HEAD' }, proof: { claims: { htm: 'HEAD' } } }))).toBe('ann')
  })

  test.each<[string, Show, string]>([
    ['without a proof', { proofs: [] }, 'invalid_dpop_proof'],
    ['with two proofs', { proofs: [proofFor(BOUND), proofFor(BOUND)] }, 'invalid_dpop_proof'],
    ['with an empty proof beside a good one', { proofs: ['', proofFor(BOUND)] }, 'invalid_dpop_proof'],
    ['by somebody else with a key of his own', { holder: THIEF }, 'invalid_dpop_proof'],
    ['with a proof for another token', { proofs: [proofFor(UNBOUND)] }, 'invalid_dpop_proof'],
    ['with a proof for another method', { proof: { claims: { htm: 'POST' } } }, 'invalid_dpop_proof'],
    [
      'with a proof for another path',
      { proof: { claims: { htu: 'http://gateway.test/thing' } } },
      'invalid_dpop_proof',
    ],
    ['with a proof for another host', { proof: { claims: { htu: 'http://evil.test/things' } } }, 'invalid_dpop_proof'],
    ['with a proof for TLS', { proof: { claims: { htu: 'https://gateway.test/things' } } }, 'invalid_dpop_proof'],
    ['with an old proof', { proof: { claims: { iat: AT_MS / 1000 - 60 } } }, 'invalid_dpop_proof'],
    ['with a token for a proof', { proofs: [BOUND] }, 'invalid_dpop_proof'],
    ['as Bearer', { scheme: 'Bearer', proofs: [] }, 'invalid_token'],
    ['as Bearer, with a proof', { scheme: 'Bearer' }, 'invalid_token'],
  ])('is refused %s', async (_, options, error) => {
    const exchange = await show(BOUND, options)
    expect(told(exchange)).toBe('401 invalid-token')
    expect(exchange.caller).toBeNull()
    expect(exchange.refusal?.headers).toBe(
      `www-authenticate: DPoP realm="acme", error="${error}", algs="${ALGORITHMS}"\r\n`,
    )
  })

  test('is refused in another header than authorization', async () => {
    const headers = [
      ['x-api-key', BOUND],
      ['dpop', proofFor(BOUND)],
    ] as const
    expect(told(await gateway.decide('', { headers }))).toBe('401 invalid-token')
  })

  test('is refused with a proof that was shown before, as long as that would hold', async () => {
    const proof = proofFor(BOUND)
    expect(told(await show(BOUND, { proofs: [proof] }))).toBe('ann')
    for (const afterMs of [0, 1000, 59_999, 60_000]) {
      const again = await show(BOUND, { proofs: [proof], request: { afterMs } })
      expect([told(again), errorOf(again)]).toEqual(['401 invalid-token', 'invalid_dpop_proof'])
    }
    const sameId = { claims: { jti: 'one' } }
    expect(told(await show(BOUND, { proof: sameId }))).toBe('ann')
    expect(told(await show(BOUND, { proof: sameId }))).toBe('401 invalid-token')
  })

  test('of a thief, a proof uses up nothing', async () => {
    const sameId = { claims: { jti: 'one' } }
    expect(told(await show(BOUND, { holder: THIEF, proof: sameId }))).toBe('401 invalid-token')
    expect(told(await show(BOUND, { proof: sameId }))).toBe('ann')
  })

  test.each([
    ['to something else', { other: 'x' }],
    ['to a key and to something else', { jkt: thumbprintOf(HOLDER), other: 'x' }],
    ['to a key that is a number', { jkt: 7 }],
    ['to nothing', {}],
    ['to a text', 'x'],
    ['to null', null],
  ])('and %s is refused, for nothing of it is proved', async (_, cnf) => {
    const token = EC.token({ ...CLAIMS, cnf })
    for (const scheme of ['DPoP', 'Bearer']) expect(told(await show(token, { scheme }))).toBe('401 invalid-token')
  })
})

describe('a token for everybody', () => {
  test('is shown as Bearer, where tokens may be bound', async () => {
    expect(told(await show(UNBOUND, { scheme: 'Bearer', proofs: [] }))).toBe('ann')
  })

  test('is refused as DPoP, proof or not', async () => {
    for (const proofs of [[], [proofFor(UNBOUND)]]) {
      const exchange = await show(UNBOUND, { proofs })
      expect([told(exchange), errorOf(exchange)]).toEqual(['401 invalid-token', 'invalid_token'])
    }
  })

  test('is refused where tokens must be bound', async () => {
    const claims = { ...CLAIMS, iss: OTHER_ISSUER }
    const url = 'http://gateway.test/any'
    const send = (token: string, scheme: string): Promise<Exchange> => {
      const proof = makeProof(HOLDER, { method: 'GET', url, token })
      return show(token, { scheme, proofs: [proof], request: { url: '/any' } })
    }
    expect(told(await send(OTHER.token(claims), 'Bearer'))).toBe('401 invalid-token')
    expect(told(await send(OTHER.token({ ...claims, cnf: { jkt: thumbprintOf(HOLDER) } }), 'DPoP'))).toBe('ann')
  })
})

describe('where an identity does not know of bound tokens', () => {
  const said = { active: true, ...CLAIMS, scope: 'read:things' }
  const showService = (token: string, scheme: string): Promise<Exchange> => {
    const proof = makeProof(HOLDER, { method: 'GET', url: 'http://gateway.test/opaque', token })
    return show(token, { scheme, proofs: [proof], request: { url: '/opaque' } })
  }

  test('one that is bound is refused, however it is shown', async () => {
    gateway.identity.tokens.set('bound', { ...said, cnf: { jkt: thumbprintOf(HOLDER) } })
    for (const scheme of ['DPoP', 'Bearer']) expect(told(await showService('bound', scheme))).toBe('401 invalid-token')
  })

  test('one that is not is taken as Bearer only', async () => {
    gateway.identity.tokens.set('plain', said)
    expect(told(await showService('plain', 'Bearer'))).toBe('ann')
    expect(told(await showService('plain', 'DPoP'))).toBe('401 invalid-token')
  })
})

test('a key is shown as Bearer and not as DPoP', async () => {
  const shown = (scheme: string): Promise<Exchange> => show(READER_KEY, { scheme, proofs: [] })
  expect((await shown('Bearer')).caller?.id).toBe('reader')
  expect(told(await shown('DPoP'))).toBe('401 invalid-key')
})

test('two credentials by two schemes are ambiguous', async () => {
  const headers = [['authorization', `Bearer ${UNBOUND}`]] as const
  expect(told(await show(BOUND, { headers }))).toBe('400 ambiguous-credential')
})

test('who presents nothing is told of both schemes', async () => {
  const exchange = await gateway.decide('')
  expect(told(exchange)).toBe('401 missing-credential')
  expect(exchange.refusal?.headers).toBe(`www-authenticate: Bearer realm="acme", DPoP algs="${ALGORITHMS}"\r\n`)
})

test('where no identity binds tokens, the scheme is no credential and its header passes', async () => {
  const decide = await createDecider(TOKENS_CONFIG)
  const dpop = decide({ url: '/things', headers: [['authorization', `DPoP ${UNBOUND}`]] })
  expect(told(dpop)).toBe('401 missing-credential')
  expect(dpop.refusal?.headers).toBe('www-authenticate: Bearer realm="acme"\r\n')
  const passed = decide({ url: '/open', headers: [['dpop', 'proof']] })
  expect(sentLines(passed)).toContain('dpop: proof\r\n')
})

test('on a public route no proof is looked at, and none is forwarded', async () => {
  const exchange = await gateway.decide('', { url: '/open', headers: [['dpop', 'proof']] })
  expect(told(exchange)).toBe('nobody')
  expect(sentLines(exchange)).not.toMatch(/^dpop:/im)
})
