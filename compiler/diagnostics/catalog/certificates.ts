import type { CatalogEntries } from './entry.ts'

/** How callers prove who they are, besides keys and tokens: certificates, and proofs stronger than usual. */
export const CERTIFICATES = {
  'requirement-never-met': {
    severity: 'error',
    message: 'No caller of route "{route}" can meet "requires": {problem}.',
    why: 'Each request would be told to come back with a stronger authentication that there is no way to get.',
  },
} as const satisfies CatalogEntries
