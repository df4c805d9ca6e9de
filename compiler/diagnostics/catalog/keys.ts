import type { CatalogEntries } from './entry.ts'

/** Tenants and keys: who they are, what they hold, until when, and how often. */
export const KEYS = {
  'key-duplicate-id': {
    severity: 'error',
    message: 'There are two keys "{id}".',
    why: 'The id alone names a key in logs, limits and revocations.',
  },
  'key-line-broken': {
    severity: 'error',
    message: 'This line is no JSON object.',
    why: 'A file of keys holds one key a line, or blank lines.',
  },
  'tenant-duplicate': {
    severity: 'error',
    message: 'The tenant "{name}" is declared twice.',
    why: 'Keys, limits and approvals of one tenant stand in one place, or nobody can see them all.',
  },
  'digest-duplicate': {
    severity: 'error',
    message: 'This secret of key "{id}" is also one of key "{other}".',
    why: 'A secret says who calls; one that says two names says none.',
  },
  'limit-never-met': {
    severity: 'error',
    message: 'A request to route "{route}" costs {cost}, and {limit} never holds more than {units}.',
    why: 'Each such request would be refused, however long its caller waits.',
  },
  'burst-without-rate': {
    severity: 'error',
    message: 'Key "{id}" has a burst, but neither it nor its plan has a rate.',
    why: 'A burst bounds a rate; alone it limits nothing.',
  },
  'limits-not-shared': {
    severity: 'error',
    message:
      'Counters are kept in memory, so {instances} instances would let through {instances} times what the limits say.',
    why: 'A limit that is overrun is none.',
  },
  'keys-not-configured': {
    severity: 'error',
    message: 'There is a key "{id}", but "gateway" does not say how keys look ("keys").',
    why: 'Nobody could present it.',
  },
  'key-prefix-taken': {
    severity: 'warning',
    message: 'Keys that begin with "{prefix}_" look like those of a well-known service.',
    why: 'Secret scanners would report our keys to that service, and its keys to us.',
  },
  'key-header-owned': {
    severity: 'error',
    message: 'The header "{name}" cannot carry a credential: the gateway reads or writes it for something else.',
    why: 'It would be taken out of each request, and be missed.',
  },
  'subscription-without-effect': {
    severity: 'error',
    message: 'Api "{api}" is "access: {access}", so this subscription decides nothing.',
    why: 'An approval that is not needed, and a rejection that keeps nobody out, would be believed.',
  },
  'subscription-ends-before-start': {
    severity: 'error',
    message: 'This subscription to "{api}" ends before it begins.',
    why: 'It would never hold.',
  },
  'subscription-past': {
    severity: 'warning',
    message: 'This approved subscription to "{api}" is past its end.',
    why: 'It reads as approved and opens nothing.',
  },
  'approval-without-approver': {
    severity: 'error',
    message: 'This approval of "{api}" does not say who gave it ("by").',
    why: 'Only some may approve here ("gateway.approvers"), and an approval of nobody is of none of them.',
  },
  'approver-not-entitled': {
    severity: 'error',
    message: '"{name}" may not decide about a subscription: "gateway.approvers" does not name it.',
    why: 'An approval that anyone could have given approves nothing.',
  },
  'approval-not-asked-for': {
    severity: 'warning',
    message: 'Tenant "{tenant}" has an approval for api "{api}" that its file does not ask for ("wants").',
    why: 'Access that nobody wants is access that nobody watches.',
  },
  'want-without-effect': {
    severity: 'warning',
    message: 'Api "{api}" is "access: {access}": nobody needs to ask for it.',
    why: 'The request would never be answered.',
  },
  'key-ends-before-start': {
    severity: 'error',
    message: 'Key "{id}" ends before it begins.',
    why: 'It would never open anything.',
  },
  'key-without-end': {
    severity: 'warning',
    message: 'Key "{id}" has no end ("expires").',
    why: 'A secret that leaks opens for as long as its key does.',
  },
  'key-past-end': {
    severity: 'warning',
    message: 'Key "{id}" is past its end.',
    why: 'It opens nothing any more and can be taken out.',
  },
  'key-ends-soon': {
    severity: 'warning',
    message: 'Key "{id}" ends within {days}.',
    why: 'Its callers will be refused unless they get another in time.',
  },
  'retiring-past': {
    severity: 'warning',
    message: 'The retiring secret of key "{id}" no longer opens.',
    why: 'It can be taken out.',
  },
  'key-reaches-nothing': {
    severity: 'warning',
    message: 'Key "{id}" opens no route.',
    why: 'Its scopes, or the approvals of its tenant, are not what was meant; or nobody needs it.',
  },
  'scope-unused': {
    severity: 'warning',
    message: 'No route asks for scope "{name}".',
    why: 'Holding it means nothing; perhaps a route has lost it.',
  },
  'role-unused': {
    severity: 'warning',
    message: 'No key holds role "{name}".',
    why: 'It is a leftover, or a key has lost it.',
  },
  'plan-unused': {
    severity: 'warning',
    message: 'No key or tenant has plan "{name}".',
    why: 'It is a leftover, or somebody has other limits than was meant.',
  },
  'grant-not-grantable': {
    severity: 'error',
    message: 'Key "{id}" holds {what}, which its tenant may not grant.',
    why: "What a tenant's keys may hold is decided in the including file.",
  },
  'plan-not-grantable': {
    severity: 'error',
    message: 'Key "{id}" names plan "{plan}", which its tenant may not choose.',
    why: "What a tenant's keys may use is decided in the including file.",
  },
  'grantable-ambiguous': {
    severity: 'error',
    message: '"{name}" is a role and a scope.',
    why: 'Which of the two may be granted would be a guess.',
  },
  'tenant-too-many-keys': {
    severity: 'error',
    message: 'Tenant "{tenant}" has {count} keys and may have {max}.',
    why: 'How many there may be is decided in the including file.',
  },
} as const satisfies CatalogEntries
