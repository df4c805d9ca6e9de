import type { CatalogEntries } from './entry.ts'

/** Who else is believed besides keys. */
export const IDENTITY = {
  'identity-wrong-kind': {
    severity: 'error',
    message: 'Identity "{name}" {problem}; it must name just one of them.',
    why: 'How its callers are known would be a guess.',
  },
  'identity-key-without-effect': {
    severity: 'error',
    message: '"{key}" decides nothing for identity "{name}", which {kind}.',
    why: 'What is written and not enforced would be believed.',
  },
  'identity-named-key': {
    severity: 'error',
    message: 'An identity cannot be called "key".',
    why: 'In "auth" that name stands for keys.',
  },
  'identity-url-not-secure': {
    severity: 'error',
    message: '"{url}" is neither https nor on this machine.',
    why: 'Whoever sits in between could say who calls.',
  },
  'identity-issuer-duplicate': {
    severity: 'error',
    message: 'Identities "{other}" and "{name}" have one issuer.',
    why: 'Which of them decides about its tokens would be an accident.',
  },
  'identity-without-tenant': {
    severity: 'error',
    message: 'Identity "{name}" does not say whose its callers are.',
    why: 'A caller that belongs to no tenant is refused, so all of them would be.',
  },
  'identity-without-audience': {
    severity: 'warning',
    message: 'Identity "{name}" takes tokens that are meant for anybody.',
    why: 'A token that a caller showed to another service would open this gateway to that service.',
  },
  'identity-unused': {
    severity: 'warning',
    message: 'No route takes credentials of identity "{name}".',
    why: 'Its callers reach nothing; perhaps an "auth" has lost it.',
  },
} as const satisfies CatalogEntries
