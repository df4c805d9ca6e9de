import type { CatalogEntries } from './entry.ts'

/** Keys that sign their requests. */
export const SIGNING = {
  'signing-beside-secret': {
    severity: 'error',
    message: 'Key "{id}" signs its requests, and also has "{member}".',
    why: 'Whoever found its secret would need no signature.',
  },
  'signing-key-wrong': {
    severity: 'error',
    message: 'The public key of "{id}" {problem}.',
    why: 'No signature could be verified with it, or any signature would hold.',
  },
} as const satisfies CatalogEntries
