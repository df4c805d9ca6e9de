import { expect, test } from 'vitest'
import { startsOfLines } from '../../../../compiler/1-load/key-lines.ts'
import { editKeyLine } from '../../../../compiler/tools/keys/edit-key-line.ts'

const WRITTEN = { digest: 'sha256:new', retiring: { digest: 'sha256:old', until: '2026-12-09' } }
const RETIRING = '"retiring": { "digest": "sha256:old", "until": "2026-12-09" }'

function edit(text: string, line: number): string | null {
  const lines = startsOfLines(text)
  const source = { name: 'keys.ndjson', path: '/keys.ndjson', text, root: '/tenants/a/keysFrom', document: null, lines }
  return editKeyLine(source, `/${line}`, WRITTEN)
}

const LINE = '{"id":"web","digest":"sha256:old","roles":["a"]}'
const OTHER = '{"id": "other", "digest": "sha256:old"}'
const EDITED = LINE.replace('"sha256:old"', `"sha256:new", ${RETIRING}`)

test.each([
  ['the first', [LINE, OTHER, ''], 1],
  ['one between blank ones', ['', OTHER, '  ', LINE, '', OTHER, ''], 4],
  ['the last, without an end', [OTHER, LINE], 2],
])('%s line is edited, the others stay', (_, lines, line) => {
  for (const end of ['\n', '\r\n']) {
    const text = lines.join(end)
    expect(edit(text, line)).toBe(text.replace(LINE, EDITED))
  }
})

test('what comes of it is JSON, and a retiring secret that was there gives its place', () => {
  const first = edit(LINE, 1) ?? ''
  expect(JSON.parse(first)).toEqual({
    id: 'web',
    digest: 'sha256:new',
    retiring: { digest: 'sha256:old', until: '2026-12-09' },
    roles: ['a'],
  })
  const before = '{"id":"web","retiring":{"until":"2026-01-01","digest":"sha256:older"},"digest":"sha256:old"}'
  expect(edit(before, 1)).toBe(
    '{"id":"web","retiring":{"until":"2026-12-09","digest":"sha256:old"},"digest":"sha256:new"}',
  )
})

test('escapes of JSON are understood', () => {
  const line = '{"id":"web","description":"\\u2028 \\"digest\\": x","\\u0064igest":"sha256:\\u006fld"}'
  expect(JSON.parse(edit(line, 1) ?? '')).toMatchObject({ digest: 'sha256:new', description: '\u2028 "digest": x' })
})

test('a line that is not there, or holds no key, is left alone', () => {
  expect(edit(LINE, 2)).toBeNull()
  expect(edit('[]\n', 1)).toBeNull()
  expect(edit('{"id":"web"}\n', 1)).toBeNull()
})
