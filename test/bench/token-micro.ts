import { authenticate } from '../../runtime/authenticate.ts'
import { authorize } from '../../runtime/authorize.ts'
import { chooseRoute } from '../../runtime/choose-route.ts'
import { createExchange, type Exchange } from '../../runtime/exchange.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { takeLimits } from '../../runtime/take-limits.ts'
import type { MicroResult } from './result.ts'
import { median } from './statistics.ts'
import type { TokenBench } from './token-table.ts'
import { ITEM_PATH } from './workloads.ts'

const BATCHES = 60
const WARM_BATCHES = 20
const BATCH = 100
const NANOS_PER_MS = 1_000_000

/** Measures in process what it costs to know a caller by a token, to hold its grant and to take its limit. */
export function runTokenMicro(bench: TokenBench): MicroResult[] {
  return (['RS256', 'ES256'] as const).flatMap((algorithm) => {
    const tokens = bench.tokensOf(algorithm, BATCH)
    const remembering = bench.load()
    const result = (name: string, tableOf: () => LoadedTable): MicroResult => ({
      name: `${algorithm} token, grant and limit, ${name}`,
      nanosPerRequest: measure(tableOf, tokens),
      budgetNanos: null,
    })
    return [result('token seen before', () => remembering), result('token not seen', bench.load)]
  })
}

/** @returns Nanoseconds a request, the median over batches. */
function measure(tableOf: () => LoadedTable, tokens: readonly string[]): number {
  const nanos: number[] = []
  for (let batch = 0; batch < WARM_BATCHES + BATCHES; batch++) {
    const table = tableOf()
    const exchanges = tokens.map((token) => prepare(table, token))
    const begun = performance.now()
    for (const exchange of exchanges) checkCaller(exchange)
    const tookMs = performance.now() - begun
    if (batch >= WARM_BATCHES) nanos.push((tookMs * NANOS_PER_MS) / BATCH)
    const refused = exchanges.find(({ refusal, caller }) => refusal !== null || caller === null)
    if (refused !== undefined) throw new Error(`a request was refused: ${JSON.stringify(refused.refusal)}`)
  }
  return median(nanos)
}

function checkCaller(exchange: Exchange): void {
  exchange.refusal = authenticate(exchange) ?? authorize(exchange) ?? takeLimits(exchange)
}

/** A request as it is when it was read, and its route was found. A token is a text of its own each time it comes. */
function prepare(table: LoadedTable, token: string): Exchange {
  const address = createKnownAddresses().ofPeer(Uint8Array.of(127, 0, 0, 1).buffer)
  const exchange = createExchange(table, address, Date.now(), performance.now())
  exchange.method = 'GET'
  exchange.path = ITEM_PATH
  exchange.host = '127.0.0.1'
  exchange.credential = Buffer.from(token, 'latin1').toString('latin1')
  chooseRoute(exchange)
  return exchange
}
