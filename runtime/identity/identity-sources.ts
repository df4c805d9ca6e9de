import type { Introspector, IntrospectionService } from './introspector.ts'
import type { IssuerKeys } from './key-sets.ts'
import type { KeySource } from './key-sources.ts'

/** What a thread knows of those whose word is believed. It outlives tables. */
export interface IdentitySources {
  readonly keysOf: (source: KeySource) => IssuerKeys
  readonly introspectorOf: (service: IntrospectionService) => Introspector
}

/** Where nobody can be asked: every token's issuer is out of reach. */
export const NO_SOURCES: IdentitySources = {
  keysOf: () => ({
    current: () => null,
    lastMs: () => 0,
    generation: () => 0,
    mayAsk: () => false,
    ask: (done) => done(),
  }),
  introspectorOf: () => ({ look: () => undefined, ask: (_token, _digest, done) => done() }),
}
