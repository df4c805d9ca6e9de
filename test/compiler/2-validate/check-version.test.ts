import { expect, test } from 'vitest'
import { checkText } from '../../support/check.ts'

/** With a name that this version of the language does not have. */
const config = (version: string): string =>
  `version: ${version}\ngateway: { name: acme, listen: 127.0.0.1:8080 }\nnew: {}\n`

const told = (yaml: string): string[] =>
  checkText(yaml).map(({ code, place, hint }) => `${code} ${place.line}:${place.column} ${hint ?? ''}`.trim())

test.each([
  ['2', 'Install a Keysmith that reads version 2, or write the file for version 1.'],
  ['"2"', 'Install a Keysmith that reads version 2, or write the file for version 1.'],
  ['0', 'Write it so: version: 1'],
  ['1.5', 'Write it so: version: 1'],
  ['"1"', 'Write it so: version: 1'],
  ['"1.0"', 'Write it so: version: 1'],
])('of a file of version %s nothing is said but that', (version, hint) => {
  expect(told(config(version))).toEqual([`config-unknown-version 1:10 ${hint}`])
})

test('the message names both versions', () => {
  expect(checkText(config('2')).map(({ message }) => message)).toEqual([
    'This Keysmith reads version 1 of the config language, not version 2.',
  ])
})

test('a version that is no number is a value like any other', () => {
  expect(told(config('latest'))).toEqual([
    'config-unknown-value 1:10',
    expect.stringMatching(/^config-unknown-key 3:1 /),
  ])
})

test('a file without a version lacks it', () => {
  expect(told('gateway: { name: acme, listen: 127.0.0.1:8080 }\n')).toEqual(['config-missing-key 1:1'])
})

test('version 1 is read', () => {
  expect(told(config('1'))).toEqual([expect.stringMatching(/^config-unknown-key 3:1 /)])
})
