import type { GatewayTable } from '../../schemas/table.ts'

/** A part of the runtime that a table may do without. */
interface Feature {
  readonly isNeeded: (table: GatewayTable) => boolean
  /** Its ways in, under `runtime/`. Whatever only they import is left out with them. */
  readonly modules: readonly string[]
}

/**
 * What is left out of a bundle unless its table asks for it. In place of a feature's modules stands
 * `runtime/without/<feature>.ts`, which does what they do for a table that does not ask for them, and throws for another one.
 */
export const FEATURES = {
  admin: {
    isNeeded: ({ gateway }) => gateway.admin !== null,
    modules: ['admin.ts', 'observe/metric-text.ts'],
  },
  binds: {
    isNeeded: ({ routes }) => routes.some(({ binds }) => binds.length > 0),
    modules: ['check-binds.ts', 'check-body-binds.ts'],
  },
  block: {
    isNeeded: ({ routes }) => routes.some(({ block }) => block !== null),
    modules: ['block/check-block.ts'],
  },
  bodies: {
    // A value of a body is bound where the body is read.
    isNeeded: ({ routes }) => routes.some(({ body, binds }) => body >= 0 || binds.some(({ of }) => of === 'body')),
    modules: ['validate-body.ts'],
  },
  expressions: {
    isNeeded: (table) => countExpressions(table) > 0,
    modules: ['expressions/load-expressions.ts', 'check-condition.ts'],
  },
  fields: {
    isNeeded: ({ fields }) => fields.length > 0,
    modules: ['filter-fields.ts'],
  },
  identities: {
    isNeeded: ({ identities }) => identities.length > 0,
    modules: [
      'identity/authenticate-certificate.ts',
      'identity/authenticate-token.ts',
      'identity/dpop-proof.ts',
      'identity/fetch-text.ts',
      'identity/key-fetcher.ts',
      'identity/load-identities.ts',
      'identity/shown-certificate.ts',
      'identity/thread-identity.ts',
    ],
  },
  lockout: {
    isNeeded: ({ gateway }) => gateway.lockout !== null,
    modules: ['lockout/lockout.ts', 'lockout/lockout-table.ts'],
  },
  queries: {
    isNeeded: ({ routes }) => routes.some(({ query }) => query !== null),
    modules: ['validate-query.ts'],
  },
  replays: {
    isNeeded: ({ identities, signers }) => signers.length > 0 || identities.some(({ dpop }) => dpop !== 'off'),
    modules: ['identity/replay-memory.ts'],
  },
  revocations: {
    isNeeded: ({ gateway }) => gateway.revocations !== null,
    modules: ['revocations/keeper.ts'],
  },
  signing: {
    isNeeded: ({ signers }) => signers.length > 0,
    modules: ['check-body-digests.ts', 'identity/signer-of.ts', 'identity/signers.ts', 'identity/signing-secrets.ts'],
  },
  tls: {
    isNeeded: ({ gateway }) => gateway.listen.some(({ tls }) => tls !== null),
    modules: ['check-tls-files.ts'],
  },
} as const satisfies Readonly<Record<string, Feature>>

export type FeatureName = keyof typeof FEATURES

// Safe: the names of an object that is declared with them.
export const FEATURE_NAMES = Object.keys(FEATURES) as readonly FeatureName[]

/** What a table asks for, by name in alphabetical order. */
export function featuresOf(table: GatewayTable): readonly FeatureName[] {
  return FEATURE_NAMES.filter((name) => FEATURES[name].isNeeded(table))
}

function countExpressions({ expressions }: GatewayTable): number {
  // Safe: what expressions are made of is not called before one of them is evaluated.
  const unused = new Proxy({}, { get: () => () => undefined }) as Parameters<GatewayTable['expressions']>[0]
  return expressions(unused).length
}
