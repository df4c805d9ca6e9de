import type { CatalogEntries } from './entry.ts'

/** How callers prove who they are, besides keys and tokens: certificates, and proofs stronger than usual. */
export const CERTIFICATES = {
  'certificate-match-wrong-form': {
    severity: 'error',
    message: '"{text}" {problem}.',
    why: 'No certificate would ever be known by it, or too many would.',
  },
  'certificates-never-asked-for': {
    severity: 'error',
    message: 'Identity "{name}" knows certificates, but no listener has "tls" with "clientCa".',
    why: 'Callers are asked for a certificate only where it can be verified, so nobody would ever show one.',
  },
  'tenant-unknown': {
    severity: 'error',
    message: 'There is no tenant "{name}".',
    why: 'A caller that belongs to no tenant is refused.',
  },
  'requirement-never-met': {
    severity: 'error',
    message: 'No caller of route "{route}" can meet "requires": {problem}.',
    why: 'Each request would be told to come back with a stronger authentication that there is no way to get.',
  },
} as const satisfies CatalogEntries
