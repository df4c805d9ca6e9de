import type { CatalogEntries } from './entry.ts'

/** Defences against abuse. */
export const PROTECT = {
  'lockout-without-effect': {
    severity: 'warning',
    message: 'Every api is public, so no credential is ever looked at and nobody is locked out.',
    why: 'What is written and does nothing would be believed.',
  },
  'lockout-at-once': {
    severity: 'warning',
    message: 'One failure locks out.',
    why: 'A mistyped key would keep out everybody behind the same address.',
  },
  'lockout-ban-short': {
    severity: 'warning',
    message: 'The ban of {ban} is over before the window of {window} would be.',
    why: 'When a ban is over the count begins anew: whoever guesses gets more guesses than without it.',
  },
  'block-exception-unused': {
    severity: 'warning',
    message: 'Route "{route}" excepts "{rule}", which the gateway does not block.',
    why: 'Something else was meant, or it can go.',
  },
} as const satisfies CatalogEntries
