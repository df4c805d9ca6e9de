/** Every diagnostic the compiler can report. A code is permanent: retire it, never reuse it. */
export const CATALOG = {
  'yaml-syntax': {
    severity: 'error',
    message: 'This is not YAML: {problem}.',
    why: 'Nothing can be read from a file that does not parse.',
  },
  'yaml-feature': {
    severity: 'error',
    message: 'YAML {feature} are not part of the language.',
    why: 'What a line means must be readable from the line itself.',
  },
  'yaml-duplicate-name': {
    severity: 'error',
    message: 'The name "{name}" comes twice here.',
    why: 'One of the two would be lost.',
  },
  'yaml-empty-value': {
    severity: 'error',
    message: 'There is no value for {name}.',
    why: 'An empty value could mean anything: leave the name out, or write what is meant.',
  },
  'yaml-value-cut': {
    severity: 'error',
    message: 'A comment cuts this value off inside its quotes.',
    why: 'A "#" behind a space begins a comment in an unquoted value.',
  },
  'yaml-not-a-number': {
    severity: 'error',
    message: '{value} is no number that can be counted with.',
    why: 'Every quantity is finite.',
  },
  'yaml-too-deep': {
    severity: 'error',
    message: 'This is nested more than {max} levels deep.',
    why: 'No config is; a text made to exhaust the parser is.',
  },
  'yaml-too-many-values': {
    severity: 'error',
    message: 'This file holds more than {max} names and values.',
    why: 'A file that people review is far smaller; many keys go to keysFrom.',
  },
  'file-missing': {
    severity: 'error',
    message: 'The file "{file}" does not exist.',
    why: 'A config is proved whole or not at all.',
  },
  'file-not-regular': {
    severity: 'error',
    message: '"{file}" is {what}, not a file.',
    why: 'Only files have an end.',
  },
  'file-too-large': {
    severity: 'error',
    message: 'The file "{file}" is larger than {max} bytes.',
    why: 'A file that people review is far smaller; many keys go to keysFrom.',
  },
  'file-not-utf8': {
    severity: 'error',
    message: 'The file "{file}" is not UTF-8.',
    why: 'YAML and JSON are UTF-8; other bytes would be guessed at.',
  },
  'file-unreadable': {
    severity: 'error',
    message: 'The file "{file}" cannot be read: {reason}.',
    why: 'A config is proved whole or not at all.',
  },
  'file-includes-itself': {
    severity: 'error',
    message: '"{file}" is this file itself.',
    why: 'A file that names itself would be read without end.',
  },
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
  'key-duplicate-id': {
    severity: 'error',
    message: 'There are two keys "{id}".',
    why: 'The id alone names a key in logs, limits and revocations.',
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
  'route-duplicate': {
    severity: 'error',
    message: 'Routes "{route}" and "{other}" take the same requests, such as {witness}.',
    why: 'Only one of them could ever answer.',
  },
  'route-ambiguous': {
    severity: 'error',
    message: 'The matches of routes "{route}" and "{other}" can hold at once, as for {witness}.',
    why: 'Which of them answers would be an accident.',
  },
  'route-unreachable': {
    severity: 'error',
    message: 'No request reaches route "{route}": more particular paths take all that it would, {witness} among them.',
    why: 'A route that never answers is not the one that was meant.',
  },
  'routes-too-many': {
    severity: 'error',
    message: 'More than {max} routes share {method} {path} and differ only in their match.',
    why: 'Their conditions are tried one after the other on each request.',
  },
  'match-impossible': {
    severity: 'error',
    message:
      'No request can match route "{route}": its api asks for {what} to be "{ofApi}", the route for "{ofRoute}".',
    why: 'Both must hold, and they contradict each other.',
  },
  'match-on-credential': {
    severity: 'error',
    message: 'The header "{name}" carries credentials and cannot be matched on.',
    why: 'What a credential opens is decided by its key; the value would be a secret in this file.',
  },
  'route-without-scope': {
    severity: 'error',
    message: 'Route "{route}" asks for no scope, so nobody can call it: its api is "access: {access}".',
    why: 'Everything is denied until a scope grants it.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; why: string }>

export type DiagnosticCode = keyof typeof CATALOG
