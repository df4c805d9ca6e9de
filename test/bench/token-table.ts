import type { IdentitySources } from '../../runtime/identity/identity-sources.ts'
import { NO_SOURCES } from '../../runtime/identity/identity-sources.ts'
import { createKeySets } from '../../runtime/identity/key-sets.ts'
import { nameOfSource } from '../../runtime/identity/key-sources.ts'
import { createSlotBook } from '../../runtime/limits/slots.ts'
import { createLimitMemory, viewLimits } from '../../runtime/limits/state.ts'
import { loadTable, type LoadedTable } from '../../runtime/load-table.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { createSigner, jwksOf, type Signer } from '../support/signer.ts'
import { compileBenchTable } from './micro-table.ts'
import { ITEM_PATH } from './workloads.ts'

const ISSUER = 'https://id.example.com'
const SOURCE = { issuer: ISSUER, jwks: `${ISSUER}/jwks.json` }
const CELLS = 1024
const HOUR_SECONDS = 3600

/** A gateway that takes one issuer's tokens, and what it takes to measure that in this process. */
export interface TokenBench {
  /** The table made ready anew: it remembers no token. */
  readonly load: () => LoadedTable
  /** Tokens of as many subjects, by one algorithm. */
  readonly tokensOf: (algorithm: 'RS256' | 'ES256', count: number) => string[]
}

export async function createTokenBench(): Promise<TokenBench> {
  const signers = { RS256: createSigner('RS256'), ES256: createSigner('ES256') }
  const table = await compileBenchTable(CONFIG)
  const sources = await sourcesOf(Object.values(signers))
  return {
    load: () => loadFresh(table, sources),
    tokensOf: (algorithm, count) => Array.from({ length: count }, (_, i) => signers[algorithm].token(claimsOf(i))),
  }
}

function loadFresh(table: GatewayTable, sources: IdentitySources): LoadedTable {
  const plan = createSlotBook(CELLS).plan(table)
  if (plan === null) throw new Error('the counters have no room')
  return loadTable(table, viewLimits(createLimitMemory(CELLS, 1), plan, 0, 1), { secrets: [], replays: null, sources })
}

async function sourcesOf(signers: readonly Signer[]): Promise<IdentitySources> {
  const keySets = createKeySets(() => undefined)
  keySets.of(SOURCE)
  const nowMs = Date.now()
  await keySets.take({ source: nameOfSource(SOURCE), text: jwksOf(...signers), fetchedMs: nowMs, askAgainMs: nowMs })
  return { ...NO_SOURCES, keysOf: keySets.of }
}

function claimsOf(i: number): object {
  const nowSeconds = Math.floor(Date.now() / 1000)
  const times = { iat: nowSeconds, exp: nowSeconds + HOUR_SECONDS }
  return { iss: ISSUER, aud: 'bench', sub: `subject-${i}`, org: 'bench', groups: ['callers'], jti: `${i}`, ...times }
}

const CONFIG = `version: 1
gateway: { name: bench, listen: 127.0.0.1:1 }
upstreams:
  origin: { targets: [http://127.0.0.1:2] }
identity:
  issuer:
    issuer: ${ISSUER}
    audience: bench
    jwks: ${SOURCE.jwks}
    algorithms: [RS256, ES256]
    tenant: claims.org
    roles: { from: claims.groups, map: { callers: caller } }
scopes:
  items:read: Read items
roles:
  caller: [items:read]
plans:
  large: { rate: 100_000_000/s }
apis:
  items:
    basePath: /
    upstream: origin
    access: authenticated
    auth: [issuer]
    routes:
      GET ${ITEM_PATH}: { scope: items:read }
tenants:
  bench: { plan: large }
`
