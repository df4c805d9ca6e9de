import type { CatalogEntries } from './entry.ts'

/** Values: schemas of bodies and queries, their patterns, and secrets. */
export const VALUES = {
  'schema-invalid': {
    severity: 'error',
    message: 'This body schema cannot be used: {problem}.',
    why: 'A body that cannot be validated would be forwarded as it came.',
  },
  'schema-unknown-keyword': {
    severity: 'error',
    message: 'JSON Schema has no keyword "{keyword}".',
    why: 'It would check nothing.',
  },
  'schema-unknown-format': {
    severity: 'error',
    message: 'There is no format "{format}".',
    why: 'It would check nothing.',
  },
  'schema-ref-unresolved': {
    severity: 'error',
    message: '"{ref}" leads to no schema in this file.',
    why: 'A body schema is one file: nothing else is fetched, so that what is proved is what runs.',
  },
  'schema-endless': {
    severity: 'error',
    message: 'This schema needs itself for the same value.',
    why: 'Validating a body would never end.',
  },
  'schema-duplicate-id': {
    severity: 'error',
    message: 'The "$id" "{id}" is used by another schema.',
    why: 'A reference to it would be ambiguous.',
  },
  'pattern-exponential': {
    severity: 'error',
    message: 'This pattern can take exponential time, as on {attack}.',
    why: 'One short request would stop a thread for longer than anybody waits.',
  },
  'pattern-slow': {
    severity: 'error',
    message:
      "The work of this pattern grows with power {degree} of a text's length, which may be {bytes} bytes, as on {attack}.",
    why: 'One request would stop a thread for seconds.',
  },
  'pattern-not-proved': {
    severity: 'error',
    message: 'It could not be proved that this pattern is fast: {reason}.',
    why: 'A text may exist on which it stops a thread.',
  },
  'schema-exponential': {
    severity: 'error',
    message: 'Each level of nesting doubles the work of this schema.',
    why: 'A short body that is nested deep would stop a thread for longer than anybody waits.',
  },
  'schema-slow-unique-items': {
    severity: 'error',
    message: 'The elements of this list are compared each with each, and a body may hold {bytes} bytes of them.',
    why: 'One request would stop a thread for seconds.',
  },
  'query-keyword-ignored': {
    severity: 'error',
    message: 'Parameter "{name}" is read as {type}, so "{keyword}" checks nothing.',
    why: 'What is written and not enforced would be believed.',
  },
  'query-never-valid': {
    severity: 'error',
    message: 'Parameter "{name}" cannot have such a value: {problem}.',
    why: 'Each request that sends it would be refused.',
  },
  'match-query-refused': {
    severity: 'error',
    message: 'Route "{route}" is matched by "{name}={value}", which its own "query" refuses.',
    why: 'Each request that reaches it would be refused.',
  },
  'secret-literal': {
    severity: 'error',
    message: 'This looks like a secret: {what}.',
    why: 'Whoever reads this file, or its history, has it.',
  },
  'reference-wrong-form': {
    severity: 'error',
    message: 'This is no reference to a secret.',
    why: 'It would be sent as it stands.',
  },
  'reference-misplaced': {
    severity: 'error',
    message: 'A reference to a secret is resolved only in values of upstreams.',
    why: 'Here it would stay as it stands.',
  },
} as const satisfies CatalogEntries
