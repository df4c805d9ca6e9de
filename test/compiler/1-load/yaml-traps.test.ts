import { expect, test } from 'vitest'
import { checkText } from '../../support/check.ts'

const HEAD = 'version: 1\ngateway: { name: acme, listen: 127.0.0.1:8080 }\n'

interface Trap {
  readonly name: string
  /** Below the head of a config: its first line is line 3. */
  readonly yaml: string
  readonly at: string
  readonly message: string
  readonly hint: string
}

const TRAPS: readonly Trap[] = [
  {
    name: 'a brace in a flow mapping',
    yaml: 'apis: { a: { forward: { path: /v2/{rest} } } }',
    at: 'yaml-syntax 3:35',
    message: 'a "{" inside { } or [ ] begins a mapping',
    hint: 'Put the whole value in quotes',
  },
  {
    name: 'a brace in a flow list',
    yaml: 'apis: [/v2/{rest}]',
    at: 'yaml-syntax 3:12',
    message: 'a "{" inside { } or [ ] begins a mapping',
    hint: 'Put the whole value in quotes',
  },
  {
    name: 'a brace in a name of a flow mapping',
    yaml: 'apis: { GET /{id}: { scope: a } }',
    at: 'yaml-syntax 3:14',
    message: 'a "{" inside { } or [ ] begins a mapping',
    hint: 'a name or value that holds braces needs them',
  },
  {
    name: 'a condition that begins with "!" and goes on',
    yaml: 'when: !("x-dry-run" in request.headers)',
    at: 'yaml-syntax 3:9',
    message: 'a value that begins with "!" is read as a tag',
    hint: 'below the name after "|"',
  },
  {
    name: 'a condition of one word that begins with "!"',
    yaml: 'when: !key.suspended',
    at: 'yaml-feature 3:7',
    message: 'YAML tags are not part of the language.',
    hint: 'If the "!" belongs to the value',
  },
  {
    name: 'a condition that begins with a quote',
    yaml: 'when: "x-dry-run" in request.headers',
    at: 'yaml-syntax 3:19',
    message: 'a value that begins with a quote ends with that quote',
    hint: 'the other kind of quotes',
  },
  {
    name: 'a condition in a flow mapping that begins with a quote',
    yaml: 'route: { when: "x-dry-run" in request.headers }',
    at: 'yaml-syntax 3:28',
    message: 'a value that begins with a quote ends with that quote',
    hint: 'the other kind of quotes',
  },
  {
    name: 'an apostrophe in single quotes',
    yaml: "title: 'it's Acme'",
    at: 'yaml-syntax 3:12',
    message: 'a value that begins with a quote ends with that quote',
    hint: 'the other kind of quotes',
  },
  {
    name: 'a conditional expression',
    yaml: 'when: key.tier == "vip" ? true : false',
    at: 'yaml-syntax 3:7',
    message: 'the ": " of "a ? b : c" is read as a name and its value',
    hint: 'Put the whole value in quotes',
  },
  {
    name: 'a conditional expression in a flow mapping',
    yaml: 'route: { when: a ? b : c }',
    at: 'yaml-syntax 3:16',
    message: 'the ": " of "a ? b : c" is read as a name and its value',
    hint: 'Put the whole value in quotes',
  },
  {
    name: 'a "#" in the quotes of a condition',
    yaml: 'when: key.metadata.ticket == "order #1"',
    at: 'yaml-value-cut 3:7',
    message: 'A comment cuts this value off inside its quotes.',
    hint: 'Put the whole value in quotes of the other kind',
  },
  {
    name: 'a "#" in the quotes of a condition in a flow mapping',
    yaml: 'route: { when: key.metadata.ticket == "order #1" }',
    at: 'yaml-syntax 3:46',
    message: 'a "#" behind a space begins a comment, and cuts off what was to close the "{"',
    hint: 'put the value in quotes',
  },
  {
    name: 'an address that ends with "::"',
    yaml: 'allowIps: [2001:db8::]',
    at: 'yaml-empty-value 3:12',
    message: 'There is no value for "2001:db8:".',
    hint: 'Put the address in quotes',
  },
  {
    name: 'every address of IPv6',
    yaml: 'listen: [[::]:8080]',
    at: 'yaml-feature 3:10',
    message: 'YAML names that are not plain text are not part of the language.',
    hint: 'If "[ ]" belongs to the value, put the value in quotes.',
  },
  {
    name: 'no space behind a colon in a flow mapping',
    yaml: 'limits: { rate:100/min, burst: 20 }',
    at: 'yaml-empty-value 3:11',
    message: 'There is no value for "rate:100/min".',
    hint: 'Put a space behind the colon: "rate: 100/min".',
  },
  {
    name: 'a colour',
    yaml: 'color: #0b5fff',
    at: 'yaml-empty-value 3:1',
    message: 'There is no value for "color".',
    hint: 'put the value in quotes',
  },
  {
    name: 'a colour in a flow mapping',
    yaml: 'brand: { color: #0b5fff }',
    at: 'yaml-syntax 3:17',
    message: 'a "#" behind a space begins a comment',
    hint: 'put the value in quotes',
  },
  {
    name: 'a tab',
    yaml: 'scopes:\n\ta: Read',
    at: 'yaml-syntax 4:1',
    message: 'a tab is used to indent',
    hint: 'Indent with spaces',
  },
  {
    name: 'an unquoted "*"',
    yaml: 'origins: [*]',
    at: 'yaml-syntax 3:11',
    message: 'an unquoted "*" is read as an alias',
    hint: 'Put it in quotes: "*".',
  },
  {
    name: 'a word that begins with "*"',
    yaml: 'san: *globex',
    at: 'yaml-feature 3:6',
    message: 'YAML aliases are not part of the language.',
    hint: 'If the "*" belongs to the value',
  },
  {
    name: 'a word that begins with "&"',
    yaml: 'title: &Co. and friends',
    at: 'yaml-feature 3:8',
    message: 'YAML anchors are not part of the language.',
    hint: 'If the "&" belongs to the value',
  },
  {
    name: 'a word that begins with "@"',
    yaml: 'owner: @team-orders',
    at: 'yaml-syntax 3:8',
    message: 'a value cannot begin with this character',
    hint: 'Put the whole value in quotes.',
  },
  {
    name: 'a variable of a prompt',
    yaml: 'messages:\n  - user: {{ text }}',
    at: 'yaml-feature 4:12',
    message: 'YAML names that are not plain text are not part of the language.',
    hint: 'If "{{ }}" belongs to the value',
  },
  {
    name: 'a colon in a title',
    yaml: 'title: Orders: the api',
    at: 'yaml-syntax 3:8',
    message: 'a ": " inside a value is read as a name and its value',
    hint: 'Put the whole value in quotes.',
  },
  {
    name: 'a bracket that is never closed',
    yaml: 'origins: [https://a.example\nscopes: { a: Read }',
    at: 'yaml-syntax 3:10',
    message: 'a "[" is not closed',
    hint: 'Add the closing "]"',
  },
  {
    name: 'a quote that is never closed',
    yaml: 'title: "Orders\nscopes: { a: Read }',
    at: 'yaml-syntax 3:8',
    message: 'a quoted value is not closed',
    hint: 'Add the closing quote.',
  },
  {
    name: 'a bracket that closes nothing',
    yaml: 'title: }',
    at: 'yaml-syntax 3:8',
    message: 'a "]" or "}" closes nothing',
    hint: 'Take it out',
  },
  {
    name: 'a member that is indented too far',
    yaml: 'title: Orders\n  owner: team-orders',
    at: 'yaml-syntax 3:8',
    message: 'the next line is indented as if it went on with this value',
    hint: 'Members of one mapping begin in one column.',
  },
  {
    name: 'a member that is not indented far enough',
    yaml: 'scopes:\n    a: Read\n  b: Write',
    at: 'yaml-syntax 5:1',
    message: 'this line is indented differently from its neighbours',
    hint: 'Members of one mapping begin in one column.',
  },
  {
    name: 'a list on the line of its name',
    yaml: 'targets: - http://127.0.0.1:9001',
    at: 'yaml-syntax 3:10',
    message: 'a list begins on the line of its name',
    hint: 'Write the list below its name, or in [ ].',
  },
  {
    name: 'a path with backslashes in double quotes',
    yaml: 'file: "tenants\\initech.yaml"',
    at: 'yaml-syntax 3:15',
    message: 'begins an escape that does not exist',
    hint: 'Write it twice, or use single quotes.',
  },
  {
    name: 'text on the line of its "|"',
    yaml: 'when: | key.metadata.region == "eu"',
    at: 'yaml-syntax 3:9',
    message: 'text stands on the line of its "|" or ">"',
    hint: 'Begin the text on the next line, indented.',
  },
  {
    name: 'a name without a value',
    yaml: 'scopes:\n  a\n  b: Write',
    at: 'yaml-syntax 4:3',
    message: 'a name without a value',
    hint: 'Write "name: value", with a space after the colon.',
  },
  {
    name: 'a second document',
    yaml: 'scopes: { a: Read }\n---\nscopes: { b: Write }',
    at: 'yaml-feature 4:1',
    message: 'YAML second documents are not part of the language.',
    hint: '',
  },
]

test.each(TRAPS)('$name gives one diagnostic with its cause', ({ yaml, at, message, hint }) => {
  const diagnostics = checkText(`${HEAD}${yaml}\n`)
  expect(diagnostics.map(({ code, place }) => `${code} ${place.line}:${place.column}`)).toEqual([at])
  expect(diagnostics[0]?.message).toContain(message)
  expect(diagnostics[0]?.hint ?? '').toContain(hint)
})
