import { authenticate } from '../../runtime/authenticate.ts'
import { authorize } from '../../runtime/authorize.ts'
import { chooseRoute } from '../../runtime/choose-route.ts'
import { decide } from '../../runtime/decide.ts'
import { createExchange, type Exchange } from '../../runtime/exchange.ts'
import { createKnownAddresses } from '../../runtime/known-addresses.ts'
import { createVerifiedKeys, type VerifiedKeys } from '../../runtime/identity/verified-keys.ts'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { takeLimits } from '../../runtime/take-limits.ts'
import type { BenchKey } from './keys.ts'
import { measureCondition } from './micro-condition.ts'
import type { MicroResult } from './result.ts'
import { median } from './statistics.ts'
import { ITEM_PATH } from './workloads.ts'

const BATCHES = 400
const WARM_BATCHES = 100
/** Exchanges that are made before the clock runs. */
const BATCH = 500
const NANOS_PER_MS = 1_000_000

type Step = (exchange: Exchange) => void

/**
 * Measures in process what a request that was read costs until it is decided.
 *
 * @param table With all these callers.
 * @param few   Callers in turn whose secrets are all remembered: the first of the many.
 * @param many  So many that each is forgotten before it comes again.
 */
export function runMicro(table: LoadedTable, few: readonly BenchKey[], many: readonly BenchKey[]): MicroResult[] {
  const remembering = (): LoadedTable => table
  const others = many.slice(few.length)
  const forgetting = (): LoadedTable => ({ ...table, verified: fullOf(others) })
  const result = (name: string, nanosPerRequest: number, budgetNanos: number | null): MicroResult => {
    return { name, nanosPerRequest, budgetNanos }
  }
  return [
    result('key alone, secret not seen', measure(forgetting, few, checkKey), 700),
    result('key, grant and limit, secret seen before', measure(remembering, few, checkCaller), 200),
    result('key, grant and limit, secret not seen', measure(forgetting, few, checkCaller), 700),
    result('the same, more callers than are remembered', measure(remembering, many, checkCaller), null),
    result('the whole decision, secret seen before', measure(remembering, few, decide), null),
    result('a condition over metadata and a header', measureCondition(), null),
  ]
}

/** A memory as it is after a while: what is asked for is not in it, but others are. */
function fullOf(keys: readonly BenchKey[]): VerifiedKeys {
  const verified = createVerifiedKeys()
  for (const [i, { secret }] of keys.entries()) verified.set(secret, i)
  return verified
}

function checkKey(exchange: Exchange): void {
  exchange.refusal = authenticate(exchange)
}

function checkCaller(exchange: Exchange): void {
  exchange.refusal = authenticate(exchange) ?? authorize(exchange) ?? takeLimits(exchange)
}

/**
 * @param tableOf The table that a batch is decided by.
 * @returns Nanoseconds a request, the median over batches.
 */
function measure(tableOf: () => LoadedTable, keys: readonly BenchKey[], step: Step): number {
  const nanos: number[] = []
  for (let batch = 0; batch < WARM_BATCHES + BATCHES; batch++) {
    const exchanges = prepare(tableOf(), keys, batch)
    const begun = performance.now()
    for (const exchange of exchanges) step(exchange)
    const tookMs = performance.now() - begun
    if (batch >= WARM_BATCHES) nanos.push((tookMs * NANOS_PER_MS) / BATCH)
    const refused = exchanges.find(({ refusal }) => refusal !== null)?.refusal
    if (refused !== undefined) throw new Error(`a request was refused: ${JSON.stringify(refused)}`)
  }
  return median(nanos)
}

/** Requests as they are when they were read, and their route was found. A secret is a text of its own each time it comes. */
function prepare(table: LoadedTable, keys: readonly BenchKey[], batch: number): Exchange[] {
  const address = createKnownAddresses().ofPeer(Uint8Array.of(127, 0, 0, 1).buffer)
  const wallMs = Date.now()
  const startMs = performance.now()
  return Array.from({ length: BATCH }, (_, i) => {
    const exchange = createExchange(table, address, wallMs, startMs)
    exchange.method = 'GET'
    exchange.path = ITEM_PATH
    exchange.host = '127.0.0.1'
    const secret = keys[(batch * BATCH + i) % keys.length]?.secret ?? ''
    exchange.credential = Buffer.from(secret, 'latin1').toString('latin1')
    chooseRoute(exchange)
    return exchange
  })
}
