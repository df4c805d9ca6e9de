import type { Exchange } from '../../runtime/exchange.ts'
import { leaveLimits } from '../../runtime/take-limits.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { AT_MS, createCounters, createTableDecider, loadCompiledTable, type TestRequest } from './decider.ts'
import { createSigner, jwksOf } from './signer.ts'
import { createTestIdentity, decided, type TestIdentity } from './test-identity.ts'
import { ISSUER, OTHER_ISSUER } from './tokens-config.ts'

export const EC = createSigner('ES256', 'ec')
export const RSA = createSigner('RS256', 'rsa')
export const ED = createSigner('EdDSA', 'ed')
/** Of another issuer. */
export const OTHER = createSigner('ES256', 'other')
/** Of nobody, under the name of one of the issuer's keys. */
export const STRANGER = createSigner('ES256', 'ec')
export const NOW_S = AT_MS / 1000
export const CLAIMS = {
  iss: ISSUER,
  aud: 'acme-api',
  sub: 'ann',
  exp: NOW_S + 300,
  org: 'globex',
  groups: ['partners'],
}

/** The gateway of tokens-config.ts in this process, with identity providers of the test. */
export interface TokensGateway {
  readonly identity: TestIdentity
  /** What is left of the clock is the test's. */
  readonly clock: { nowMs: number }
  /** A credential as a bearer token; "" for none. */
  readonly decide: (credential: string, request?: Partial<TestRequest>) => Promise<Exchange>
  /** The refusal's code of a request that ends at once, or null. */
  readonly codeOf: (credential: string, request?: Partial<TestRequest>) => Promise<string | null>
}

export function createTokensGateway(table: GatewayTable): TokensGateway {
  const clock = { nowMs: AT_MS }
  const identity = createTestIdentity(() => clock.nowMs)
  identity.keySets.set(ISSUER, jwksOf(EC, RSA, ED))
  identity.keySets.set(OTHER_ISSUER, jwksOf(OTHER))
  const decideNow = createTableDecider(loadCompiledTable(table, createCounters(), identity.sources))
  const decide = (credential: string, request: Partial<TestRequest> = {}): Promise<Exchange> => {
    const headers = credential === '' ? [] : [['authorization', `Bearer ${credential}`] as const]
    return decided(decideNow({ url: '/things', headers, afterMs: clock.nowMs - AT_MS, ...request }))
  }
  return {
    identity,
    clock,
    decide,
    codeOf: async (credential, request) => {
      const exchange = await decide(credential, request)
      leaveLimits(exchange)
      return exchange.refusal?.code ?? null
    },
  }
}
