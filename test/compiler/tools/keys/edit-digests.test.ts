import { expect, test } from 'vitest'
import { load } from '../../../../compiler/1-load/load.ts'
import { editDigests } from '../../../../compiler/tools/keys/edit-digests.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const WRITTEN = { digest: 'sha256:new', retiring: { digest: 'sha256:old', until: '2026-12-09' } }
const RETIRING = 'retiring: { digest: "sha256:old", until: 2026-12-09 }'

/** What a file becomes when the key in it is rotated, or null when it is left alone. */
function edit(text: string, key = '/keys/web'): string | null {
  const folder = temporaryFolder({ 'gateway.yaml': text })
  const [source] = load(`${folder}/gateway.yaml`, (code) => {
    throw new Error(`the test's own YAML is broken: ${code}`)
  }).sources
  if (source === undefined) throw new Error('the file was not read')
  return editDigests(source, key, WRITTEN)
}

test('the old digest goes to a line of its own behind the new one, and every comment stays where it was', () => {
  const before = `# keys
keys: # of initech
  # the web site's
  web:
    # digest: sha256:commented
    digest: sha256:old # made in March
    # its roles
    roles: [partner]
    expires: 2099-01-01
  other: { digest: "sha256:old2" }
`
  const after = before.replace(
    'digest: sha256:old # made in March\n',
    `digest: sha256:new # made in March\n    ${RETIRING}\n`,
  )
  expect(edit(before)).toBe(after)
})

test('a secret that retires already gives its place, wherever and however it is written', () => {
  const line = `keys:
  web:
    retiring: { until: 2026-01-01, digest: 'sha256:older' } # of the first rotation
    digest: "sha256:old"
`
  expect(edit(line)).toBe(`keys:
  web:
    retiring: { until: 2026-12-09, digest: 'sha256:old' } # of the first rotation
    digest: "sha256:new"
`)
  const lines = `keys:
  web:
    digest: sha256:old
    retiring:
      # the first
      digest: sha256:older
      until: "2026-01-01"
`
  expect(edit(lines)).toBe(`keys:
  web:
    digest: sha256:new
    retiring:
      # the first
      digest: sha256:old
      until: "2026-12-09"
`)
})

test.each([
  ['in braces', 'keys:\n  web: { digest: "sha256:old", roles: [a] } # x\n', '"sha256:new", ' + RETIRING + ', roles'],
  ['in braces without blanks', 'keys: {web: {digest: "sha256:old"}}\n', '"sha256:new", ' + RETIRING + '}}'],
  [
    'in braces over lines',
    'keys:\n  web: {\n    digest: "sha256:old", # old\n    roles: [a],\n  }\n',
    `"sha256:new", ${RETIRING}, # old\n    roles`,
  ],
  [
    'in braces, last and with a comma behind',
    'keys:\n  web: { roles: [a], digest: sha256:old, }\n',
    `digest: sha256:new, ${RETIRING}, }`,
  ],
])('a key %s is edited there', (_, before, after) => {
  expect(edit(before)).toContain(after)
})

test('JSON stays JSON', () => {
  const before = '{ "keys": { "web": { "digest": "sha256:old", "roles": ["a"] } } }\n'
  expect(JSON.parse(edit(before) ?? '')).toEqual({
    keys: {
      web: { digest: 'sha256:new', retiring: { digest: 'sha256:old', until: '2026-12-09' }, roles: ['a'] },
    },
  })
})

test('quotes stay, and so does a value on a line of its own', () => {
  const before = "keys:\n  'web':\n    \"digest\":\n      'sha256:old'\n    roles: [a]\n"
  const line = '"retiring": { "digest": "sha256:old", "until": "2026-12-09" }'
  expect(edit(before)).toBe(`keys:\n  'web':\n    "digest":\n      'sha256:new'\n    ${line}\n    roles: [a]\n`)
})

test('line ends stay those of the file, and a last line without an end has none afterwards', () => {
  expect(edit('keys:\r\n  web:\r\n    digest: sha256:old\r\n    roles: [a]\r\n')).toBe(
    `keys:\r\n  web:\r\n    digest: sha256:new\r\n    ${RETIRING}\r\n    roles: [a]\r\n`,
  )
  expect(edit('keys:\n  web:\n    digest: sha256:old')).toBe(`keys:\n  web:\n    digest: sha256:new\n    ${RETIRING}`)
})

test('what ends the document stays behind the key', () => {
  expect(edit('keys:\n  web:\n    digest: sha256:old\n...\n')).toBe(
    `keys:\n  web:\n    digest: sha256:new\n    ${RETIRING}\n...\n`,
  )
})

test.each([
  ['a digest in a block of text', 'keys:\n  web:\n    digest: >-\n      sha256:old\n'],
  ['an explicit name', 'keys:\n  web:\n    ? digest\n    : sha256:old\n'],
  ['a key without a digest', 'keys:\n  web:\n    roles: [a]\n'],
  ['a key that is not there', 'keys:\n  wab:\n    digest: sha256:old\n'],
  ['a retiring secret in a block of text', 'keys:\n  web:\n    digest: a\n    retiring: { digest: a, until: [] }\n'],
])('%s is left alone', (_, text) => {
  expect(edit(text)).toBeNull()
})

test('a key may be called as what every object has', () => {
  expect(edit('keys:\n  constructor:\n    digest: sha256:old\n', '/keys/__proto__')).toBeNull()
  expect(edit('keys:\n  __proto__:\n    digest: sha256:old\n', '/keys/__proto__')).toContain('digest: sha256:new\n')
})
