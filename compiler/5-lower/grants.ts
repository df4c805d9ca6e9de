import type { ClassRow, SubscriptionRow } from '../../schemas/table.ts'
import type { LinkedConfig, LinkedKey, LinkedRoute } from '../3-link/linked.ts'
import { FOREVER } from './forever.ts'

const WORD_BITS = 32

export interface LoweredGrants {
  readonly wordsPerClass: number
  readonly bits: Uint32Array
  readonly classes: readonly ClassRow[]
  /** By the key's position. */
  readonly classOfKey: readonly number[]
  readonly notes: readonly string[]
}

/**
 * Gives keys that may do the same one class, and each class one bit a route. A bit says that the class holds the route's
 * scopes and that its tenant's subscription, where one is needed, is approved; when it holds stands beside, in the class.
 *
 * @param fieldScopes Those that some answers show more for: keys that see more are of another class.
 */
export function lowerGrants(config: LinkedConfig, fieldScopes: ReadonlySet<number>): LoweredGrants {
  const wordsPerClass = Math.max(1, Math.ceil(config.routes.length / WORD_BITS))
  const positions = new Map<string, number>()
  const words: number[] = []
  const classes: ClassRow[] = []
  const members: string[][] = []

  // Keys of one tenant with the same scopes may do the same: many keys are looked at once.
  const known = new Map<string, number>()
  const classOfKey = config.keys.map((key) => {
    const held = `${key.tenant} ${key.scopes.join(' ')}`
    const position = known.get(held) ?? classOf(key)
    known.set(held, position)
    members[position]?.push(key.id)
    return position
  })
  function classOf(key: LinkedKey): number {
    const subscriptions = subscriptionsOf(key.tenant, config)
    const row = grantWords(key, subscriptions, config.routes, config, wordsPerClass)
    const shown = key.scopes.filter((scope) => fieldScopes.has(scope)).map((scope) => config.scopes[scope]?.name ?? '')
    const identity = JSON.stringify([row, shown, subscriptions])
    let position = positions.get(identity)
    if (position === undefined) {
      position = classes.push({ fieldScopes: shown, subscriptions }) - 1
      positions.set(identity, position)
      words.push(...row)
      members.push([])
    }
    return position
  }
  const bits = Uint32Array.from(words)
  return { wordsPerClass, bits, classes, classOfKey, notes: members.map(noteOf) }
}

/** Only apis that ask for a subscription matter to a class. */
export function subscriptionsOf(tenant: number, config: LinkedConfig): SubscriptionRow[] {
  return (config.tenants[tenant]?.subscriptions ?? [])
    .filter((subscription) => config.apis[subscription.api]?.access === 'subscription')
    .map(({ api, status, sinceMs, untilMs }) => ({
      api,
      approved: status === 'approved',
      fromMs: sinceMs ?? 0,
      untilMs: untilMs ?? FOREVER,
    }))
    .sort((a, b) => a.api - b.api)
}

function grantWords(
  key: LinkedKey,
  subscriptions: readonly SubscriptionRow[],
  routes: readonly LinkedRoute[],
  config: LinkedConfig,
  wordsPerClass: number,
): number[] {
  const held = new Set(key.scopes)
  const subscribed = new Set(subscriptions.filter(({ approved }) => approved).map(({ api }) => api))
  const words = new Array<number>(wordsPerClass).fill(0)
  for (const [position, route] of routes.entries()) {
    const { access } = config.apis[route.api] ?? {}
    const granted =
      access === 'public' ||
      (route.scopes.length > 0 &&
        route.scopes.every((scope) => held.has(scope)) &&
        (access === 'authenticated' || subscribed.has(route.api)))
    const word = Math.floor(position / WORD_BITS)
    if (granted) words[word] = ((words[word] ?? 0) | (1 << (position % WORD_BITS))) >>> 0
  }
  return words
}

const KEYS_NAMED_MAX = 5

function noteOf(keys: readonly string[]): string {
  const named = keys.slice(0, KEYS_NAMED_MAX).join(', ')
  return keys.length <= KEYS_NAMED_MAX ? named : `${named} and ${keys.length - KEYS_NAMED_MAX} more`
}
