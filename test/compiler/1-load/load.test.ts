import { expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import { indexPlaces } from '../../../compiler/1-load/places.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const HEAD = 'version: 1\ngateway: { name: acme, listen: 127.0.0.1:8080 }\n'
const INCLUDE = HEAD + 'include:\n  - { tenant: initech, file: tenants/initech.yaml }\n'

function loadFiles(files: Record<string, string>): ReturnType<typeof load> {
  const list = collectProblems()
  const raw = load(`${temporaryFolder(files)}/gateway.yaml`, list.report)
  expect(list.problems()).toEqual([])
  return raw
}

test('a fault in an included file stands in that file', () => {
  const files = { 'tenants/initech.yaml': 'title: Initech\nkeys:\n  web: { digset: x }\n' }
  expect(summaryOf(checkText(INCLUDE, files))).toEqual(['config-unknown-key tenants/initech.yaml:3:10'])
})

test('what an included file lacks is told where it could stand in it', () => {
  const files = { 'tenants/initech.yaml': 'keys:\n  web: { scopes: [a] }\n' }
  expect(summaryOf(checkText(INCLUDE, files))).toEqual(['config-missing-key tenants/initech.yaml:2:3'])
})

test('an included file that does not parse is told beside the faults of the main file', () => {
  const files = { 'tenants/initech.yaml': 'title: "Initech\n' }
  const yaml = INCLUDE + '  - { tenant: hooli, file: hooli.yaml }\n'
  expect(summaryOf(checkText(yaml, files))).toEqual([
    'file-missing gateway.yaml:5:28',
    'yaml-syntax tenants/initech.yaml:1:8',
  ])
})

test('an empty included file is told, not taken for one that grants nothing', () => {
  expect(summaryOf(checkText(INCLUDE, { 'tenants/initech.yaml': '# later\n' }))).toEqual([
    'yaml-empty-value tenants/initech.yaml:1:1',
  ])
})

test('a main file that is not there is told by its name', () => {
  const list = collectProblems()
  const raw = load('/nowhere/gateway.yaml', list.report)
  expect(raw.root).toBeUndefined()
  expect(list.problems().map(({ code, params }) => [code, params['file']])).toEqual([['file-missing', 'gateway.yaml']])
})

test('texts in place of files are read instead of them', () => {
  const folder = temporaryFolder({ 'gateway.yaml': 'version: 1\n' })
  const list = collectProblems()
  const raw = load(`${folder}/gateway.yaml`, list.report, new Map([[`${folder}/gateway.yaml`, 'version: 2\n']]))
  expect(raw.root).toEqual({ version: 2 })
})

test('every file that was read or looked for is named, so that it can be watched', () => {
  const list = collectProblems()
  const folder = temporaryFolder({ 'gateway.yaml': INCLUDE })
  const raw = load(`${folder}/gateway.yaml`, list.report)
  expect(raw.paths).toEqual([`${folder}/gateway.yaml`, `${folder}/tenants/initech.yaml`])
})

test('names stay as they are written, and a member called __proto__ is one', () => {
  const { root } = loadFiles({
    'gateway.yaml': '3: a\n1_000: b\n0x10: c\n"": d\n__proto__: e\nconstructor: f\ntrue: g\n',
  })
  expect(Object.entries(root as object)).toEqual(
    // Names that are whole numbers come first in any object.
    [
      ['3', 'a'],
      ['1_000', 'b'],
      ['0x10', 'c'],
      ['', 'd'],
      ['__proto__', 'e'],
      ['constructor', 'f'],
      ['true', 'g'],
    ],
  )
})

test('scalars are those of the core schema: no yes and no, no octal of old, no dates, no grouped numbers', () => {
  const { root } = loadFiles({ 'gateway.yaml': 'a: [yes, no, on, 010, 0o10, 2027-01-31, 1_000, 1e3, true, 12:30]\n' })
  expect(root).toEqual({ a: ['yes', 'no', 'on', 10, 8, '2027-01-31', '1_000', 1000, true, '12:30'] })
})

test('null is a value in a body schema and nowhere else', () => {
  const yaml = orderConfig({ routes: '      POST /: { scope: read, body: s.json }\n' })
  expect(checkText(yaml, { 's.json': '{ "enum": [null, 1], "default": null }' })).toEqual([])
  expect(summaryOf(checkText(yaml, { 's.json': '{ "enum": }' }))).toEqual(['yaml-empty-value s.json:1:3'])
  expect(summaryOf(checkText(HEAD + 'scopes: null\n'))).toEqual(['yaml-empty-value gateway.yaml:3:1'])
  expect(summaryOf(checkText(HEAD + 'scopes: { a: ~ }\n'))).toEqual(['yaml-empty-value gateway.yaml:3:11'])
})

test.each([
  ['a byte order mark', '\ufeff' + HEAD],
  ['line ends of Windows', HEAD.replaceAll('\n', '\r\n')],
  ['no line end at its end', HEAD.trimEnd()],
  ['a document mark at its beginning', '---\n' + HEAD],
  ['a document mark at its end', HEAD + '...\n'],
])('a file with %s is read', (_, yaml) => {
  expect(checkText(yaml)).toEqual([])
})

test.each([
  ['a tag', 'a: !!str b\n', 'tags'],
  ['an anchor', 'a: &b c\n', 'anchors'],
  ['an anchor of a name', '&b a: c\n', 'names that are not plain text'],
  ['an alias', 'a: &b c\nd: *b\n', 'anchors'],
  ['a merge key', '<<: { a: b }\n', 'merge keys'],
  ['a list as a name', '? [a]\n: b\n', 'names that are not plain text'],
  ['a directive', '%YAML 1.1\n---\na: b\n', 'directives'],
])('%s is not part of the language', (_, yaml, feature) => {
  const list = collectProblems()
  load(`${temporaryFolder({ 'gateway.yaml': yaml })}/gateway.yaml`, list.report)
  const [first] = list.problems()
  expect(first).toMatchObject({ code: 'yaml-feature', params: { feature } })
})

test('a pointer leads to what is written, or to the nearest thing that is', () => {
  const yaml = 'a:\n  b: [x, { c: 1 }]\n  "d/e~f": 2\n'
  const find = indexPlaces(loadFiles({ 'gateway.yaml': yaml }).sources)
  const textAt = (where: Parameters<typeof find>[0]): string | undefined => {
    const span = find(where)
    return span?.source.text.slice(span.from, span.to)
  }
  expect(textAt('/a/b/0')).toBe('x')
  expect(textAt('/a/b/1/c')).toBe('1')
  expect(textAt({ key: '/a/b/1/c' })).toBe('c')
  expect(textAt('/a/d~1e~0f')).toBe('2')
  expect(textAt({ key: '/a/d~1e~0f' })).toBe('"d/e~f"')
  expect(textAt('/a')).toBe('a')
  expect(textAt('/a/missing/deeper')).toBe('a')
  expect(textAt('/a/b/7')).toBe('b')
  expect(textAt('')).toBe('a')
  expect(textAt({ file: 'gateway.yaml', from: 5, to: 6 })).toBe('b')
  expect(find({ file: 'other.yaml', from: 0, to: 0 })).toBeNull()
})
