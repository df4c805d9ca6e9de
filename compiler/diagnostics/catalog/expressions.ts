import type { CatalogEntries } from './entry.ts'

/** Expressions in CEL: conditions, and what is read from the claims of tokens. */
export const EXPRESSIONS = {
  'expression-wrong-form': {
    severity: 'error',
    message: 'This is not an expression in CEL: {problem}.',
    why: 'It could not be evaluated, so nothing would be decided by it.',
  },
  'expression-unknown-name': {
    severity: 'error',
    message: 'Nothing is called "{name}" here.',
    why: 'Evaluating it would always fail; a condition that fails does not hold.',
  },
  'expression-wrong-type': {
    severity: 'error',
    message: 'This is {actual}, where {expected} is needed.',
    why: 'Evaluating it would always fail; a condition that fails does not hold.',
  },
  'expression-wrong-arguments': {
    severity: 'error',
    message: '"{name}" does not take ({types}).',
    why: 'Evaluating it would always fail; a condition that fails does not hold.',
  },
  'expression-not-supported': {
    severity: 'error',
    message: 'Expressions cannot use {what}.',
    why: 'They are compiled to code that is checked and does little work for any request; this would not be.',
  },
  'expression-pattern': {
    severity: 'error',
    message: 'The pattern "{pattern}" cannot be used: {problem}.',
    why: 'Callers choose the text: a pattern must mean the same to everybody and take time in proportion to it.',
  },
  'condition-on-missing-metadata': {
    severity: 'warning',
    message: 'The condition asks for the metadata "{name}", which {who} lacks.',
    why: 'A condition over something absent does not hold: this caller is refused.',
  },
  'condition-on-missing-claims': {
    severity: 'warning',
    message: 'The condition asks for the claim "{name}", and route "{route}" takes no tokens.',
    why: 'Only tokens have claims: what asks for one is an error here, and a condition that fails does not hold.',
  },
} as const satisfies CatalogEntries
