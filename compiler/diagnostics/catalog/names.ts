import type { CatalogEntries } from './entry.ts'

/** Shapes and names: what the language has no place for, and what nothing declares. */
export const NAMES = {
  'config-unknown-key': {
    severity: 'error',
    message: 'There is no key "{key}" here.',
    why: 'What nothing reads would be ignored in silence.',
  },
  'config-missing-key': {
    severity: 'error',
    message: '{where} needs "{key}".',
    why: 'It has no default that would be safe for everyone.',
  },
  'config-wrong-type': {
    severity: 'error',
    message: '"{name}" must be {wanted}, not {got}.',
    why: 'A value that is converted could mean something else than what was written.',
  },
  'config-wrong-form': {
    severity: 'error',
    message: '"{name}: {value}" is not {form}.',
    why: 'A value of another form cannot be read without guessing.',
  },
  'config-wrong-name': {
    severity: 'error',
    message: '"{name}" is not {form}.',
    why: 'Names stand in logs, headers and metrics and must be safe there.',
  },
  'config-unknown-value': {
    severity: 'error',
    message: '"{name}: {value}" is none of: {allowed}.',
    why: 'Only these have a meaning.',
  },
  'config-unknown-version': {
    severity: 'error',
    message: 'This Keysmith reads version {read} of the config language, not version {version}.',
    why: 'A version never changes its meaning: what is written for another one would be misread.',
  },
  'config-unit-missing': {
    severity: 'error',
    message: '"{name}: {value}" has no unit; it must be {form}.',
    why: 'A number alone does not say of what.',
  },
  'config-out-of-range': {
    severity: 'error',
    message: '"{name}" {problem}.',
    why: 'The runtime keeps to these bounds.',
  },
  'not-supported-yet': {
    severity: 'error',
    message: '{what} is part of the language, but this version of Keysmith does not honour it yet.',
    why: 'What is written and not enforced would be believed.',
  },
  'tenant-file-decides': {
    severity: 'error',
    message: 'A tenant\'s own file may not hold "{key}".',
    why: "What a tenant's team may not decide stands in the including file.",
  },
  'upstream-unknown': {
    severity: 'error',
    message: 'There is no upstream "{name}".',
    why: 'A request would have nowhere to go.',
  },
  'scope-unknown': {
    severity: 'error',
    message: 'There is no scope "{name}".',
    why: 'A scope that nothing declares is a typo that grants nothing, or locks everyone out.',
  },
  'role-unknown': {
    severity: 'error',
    message: 'There is no role "{name}".',
    why: 'A key with a role that nothing declares would hold nothing of it.',
  },
  'plan-unknown': {
    severity: 'error',
    message: 'There is no plan "{name}".',
    why: 'A key would have no limits at all.',
  },
  'api-unknown': {
    severity: 'error',
    message: 'There is no api "{name}".',
    why: 'A subscription to it would open nothing.',
  },
  'identity-unknown': {
    severity: 'error',
    message: 'There is no identity "{name}"; "key" is always there.',
    why: 'No credential of that kind could ever be presented.',
  },
  'secret-unknown': {
    severity: 'error',
    message: 'There is no secret "{name}".',
    why: 'The runtime would not know where to find it.',
  },
  'path-wrong-form': {
    severity: 'error',
    message: 'No request can match "{path}": {problem}.',
    why: 'Paths are matched in one form; a path in any other is never reached.',
  },
  'forward-unknown-parameter': {
    severity: 'error',
    message: 'The path of "{route}" has no parameter "{name}".',
    why: 'There would be nothing to put in.',
  },
} as const satisfies CatalogEntries
