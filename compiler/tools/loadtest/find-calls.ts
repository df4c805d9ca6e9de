import type { LinkedConfig } from '../../3-link/linked.ts'
import { nameOfKey, NOBODY, type RouteCallers, type Undriven } from './choose-callers.ts'
import { createRequestMaker } from './make-requests.ts'
import type { LoadRequest } from './messages.ts'
import type { Rig } from './rig.ts'
import { nameOfRoute } from './route-name.ts'

/** A request that its route takes. */
export interface Call {
  /** Position of the route. */
  readonly route: number
  /** Position of the key, or -1 where nobody is asked. */
  readonly key: number
  readonly request: LoadRequest
}

export interface FoundCalls {
  readonly calls: readonly Call[]
  readonly undriven: readonly Undriven[]
}

const STATUS_OK_MAX = 299
/** A config of thousands of keys is not tried in every combination. */
const TRIALS_MAX = 2000

/**
 * Tries each route's requests once, with limits lifted, and keeps those that are answered as they should be. Conditions,
 * blocks and whatever else decides need no second reading of the config this way: the gateway says what it takes.
 */
export async function findCalls(
  config: LinkedConfig,
  callers: readonly RouteCallers[],
  secrets: ReadonlyMap<number, string>,
  ask: Rig['ask'],
): Promise<FoundCalls> {
  const make = createRequestMaker(config)
  const calls: Call[] = []
  const undriven: Undriven[] = []
  let trials = 0
  for (const [position, route] of config.routes.entries()) {
    let reason = callers[position]?.reason ?? ''
    let found = 0
    for (const key of callers[position]?.keys ?? []) {
      const made = make(route, callerOf(config, secrets, key))
      if ('reason' in made) {
        reason = made.reason
        continue
      }
      for (const request of made.requests) {
        // The first caller of a route is tried, whatever was before.
        if (found > 0 && trials >= TRIALS_MAX) break
        trials++
        const { status, code } = await ask(request)
        if (status <= STATUS_OK_MAX) {
          calls.push({ route: position, key, request })
          found++
          break
        }
        reason = refusedReason(status, code, key === NOBODY ? null : nameOf(config, key))
      }
    }
    if (found === 0) undriven.push({ name: nameOfRoute(config, position), reason })
  }
  return { calls, undriven }
}

function refusedReason(status: number, code: string, key: string | null): string {
  const said = code === '' ? String(status) : `${status} ${code}`
  return `${key === null ? 'the request made for it' : `the request made for it as ${key}`} gets ${said}`
}

function callerOf(config: LinkedConfig, secrets: ReadonlyMap<number, string>, position: number) {
  const key = config.keys[position]
  const secret = secrets.get(position)
  return key === undefined || secret === undefined ? null : { key, secret }
}

function nameOf(config: LinkedConfig, position: number): string | null {
  const key = config.keys[position]
  return key === undefined ? null : nameOfKey(config, key)
}
