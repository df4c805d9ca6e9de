import type { checkSync, UnknownDiagnostics } from 'recheck'
import { createRequire } from 'node:module'
import { patternSize, withoutLargeCounts } from './pattern-size.ts'

/** How long a pattern may take on the worst text. */
export type PatternCost =
  | { readonly kind: 'linear' }
  /** Steps grow with this power of the text's length. */
  | { readonly kind: 'polynomial'; readonly degree: number; readonly attack: string }
  | { readonly kind: 'exponential'; readonly attack: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Far longer than any real pattern needs. */
const TIMEOUT_MS = 2_000
/** Bounds the search for an attack on patterns that automata theory cannot decide: by counts, which are the same everywhere. */
const BOUNDS = {
  attackTimeout: null,
  incubationTimeout: null,
  seedingTimeout: null,
  recallTimeout: -1,
  maxInitialGenerationSize: 60,
  maxGenerationSize: 20,
  crossoverSize: 5,
  mutationSize: 10,
  maxIteration: 3,
  attackLimit: 2_000_000,
  incubationLimit: 10_000,
  maxAttackStringSize: 20_000,
  maxGeneStringSize: 400,
} as const

/** Up to this size a pattern is looked at as it stands; above it, large counts are taken for endless ones. */
const EXACT_SIZE_MAX = 100
const EXACT_COUNT_MAX = 8
/** Deeper ones would exhaust the stack of who looks at them. */
const DEPTH_MAX = 50

/**
 * Asks recheck, with the flags that ajv compiles patterns with.
 *
 * @param timeoutMs How long it may look for a proof.
 */
export function patternCost(source: string, timeoutMs = TIMEOUT_MS): PatternCost {
  const { size, depth } = patternSize(source)
  if (depth > DEPTH_MAX) return { kind: 'unknown', reason: `its groups are nested more than ${DEPTH_MAX} deep` }
  const looked = size <= EXACT_SIZE_MAX ? source : withoutLargeCounts(source, EXACT_COUNT_MAX)
  // Loaded when there is a pattern: it is large. The browser's build runs in this thread and starts no other process.
  const load = createRequire(import.meta.url)
  // Safe: both builds export the same functions.
  const recheck = load('recheck/lib/browser.js') as { readonly checkSync: typeof checkSync }
  const result = recheck.checkSync(looked, 'u', { ...BOUNDS, timeout: timeoutMs })
  if (result.status === 'safe') return { kind: 'linear' }
  if (result.status === 'unknown') return unknownCost(result.error)
  const attack = result.attack.pattern
  const { complexity } = result
  return complexity.type === 'exponential'
    ? { kind: 'exponential', attack }
    : { kind: 'polynomial', degree: complexity.degree, attack }
}

function unknownCost(error: UnknownDiagnostics['error']): PatternCost {
  if (error.kind === 'timeout') return { kind: 'unknown', reason: 'it is too intricate' }
  return { kind: 'unknown', reason: 'message' in error ? error.message : error.kind }
}
