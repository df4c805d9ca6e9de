import type { CatalogEntries } from './entry.ts'

/** Files: what cannot be read, is not YAML, or is more than anybody writes. */
export const FILES = {
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
    message: 'The files of a config hold at most {max} names, values and comments.',
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
  'file-outside-folder': {
    severity: 'error',
    message: '"{file}" is a link that leads out of its folder.',
    why: 'Whoever owns the link would decide which file is read, and quoted here.',
  },
  'files-too-large': {
    severity: 'error',
    message: 'The files of this config are together larger than {max} bytes.',
    why: 'What people edit and review is far smaller; many keys go to keysFrom.',
  },
  'files-too-many': {
    severity: 'error',
    message: 'More than {max} places name another file.',
    why: 'What people edit and review is far less; many keys go to keysFrom.',
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
  'file-included-twice': {
    severity: 'error',
    message: '"{file}" is included twice.',
    why: 'Keys and what they may do belong to one tenant.',
  },
  'problems-too-many': {
    severity: 'warning',
    message: '{count} more errors or warnings are not told one by one.',
    why: 'Mending the first ones usually mends the others.',
  },
} as const satisfies CatalogEntries
