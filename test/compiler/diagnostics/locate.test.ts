import { expect, test } from 'vitest'
import { locate } from '../../../compiler/diagnostics/locate.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import { formatText } from '../../../compiler/diagnostics/text.ts'
import type { FindSpan } from '../../../compiler/1-load/places.ts'

const TEXT = 'first line\nsecond: line\nthird\n'
const source = { name: 'gateway.yaml', path: '/config/gateway.yaml', text: TEXT, root: '', document: null, lines: null }
const find: FindSpan = (where) =>
  typeof where === 'object' && 'file' in where ? { source, from: where.from, to: where.to } : null
const at = (from: number, to: number): { file: string; from: number; to: number } => ({
  file: 'gateway.yaml',
  from,
  to,
})

function located(report: (list: ReturnType<typeof collectProblems>) => void): ReturnType<typeof locate> {
  const list = collectProblems()
  report(list)
  return locate(list.problems(), find, '/config/gateway.yaml', '/config')
}

test('lines and columns count from 1, ends are behind the last character', () => {
  const [diagnostic] = located(({ report }) => report('scope-unknown', at(11, 17), { name: 'a' }))
  expect(diagnostic?.place).toEqual({
    file: 'gateway.yaml',
    line: 2,
    column: 1,
    endLine: 2,
    endColumn: 7,
    text: 'second: line',
  })
})

test('diagnostics are sorted by place, then by code; the same one is told once', () => {
  const diagnostics = located(({ report }) => {
    report('scope-unknown', at(24, 29), { name: 'c' })
    report('role-unknown', at(11, 17), { name: 'b' })
    report('plan-unknown', at(11, 17), { name: 'a' })
    report('role-unknown', at(11, 17), { name: 'b' })
    report('scope-unknown', at(0, 5), { name: 'a' })
  })
  expect(diagnostics.map(({ code, place }) => `${code} ${place.line}`)).toEqual([
    'scope-unknown 1',
    'plan-unknown 2',
    'role-unknown 2',
    'scope-unknown 3',
  ])
})

test('what has no place stands at the beginning of the main file', () => {
  const [diagnostic] = located(({ report }) => report('file-missing', '/include/0', { file: 'x' }))
  expect(diagnostic?.place).toMatchObject({ file: 'gateway.yaml', line: 1, column: 1, text: '' })
})

test('words of a message are taken as they are, and long ones are shortened', () => {
  const [braces] = located(({ report }) => report('role-unknown', at(0, 1), { name: '{name} $& \u001b[31m' }))
  expect(braces?.message).toBe('There is no role "{name} $& \u001b[31m".')
  expect(formatText(braces ?? expect.fail())).toContain('\\u001b[31m')
  const [long] = located(({ report }) => report('role-unknown', at(0, 1), { name: 'x'.repeat(5_000) }))
  expect(long?.message.length).toBeLessThan(300)
})

test('a place that must not be shown has stars in its place', () => {
  const [diagnostic] = located(({ report }) => report('secret-literal', at(19, 23), { what: 'x' }, { isHidden: true }))
  expect(diagnostic?.place.text).toBe('second: ****')
})

test('of very many problems a thousand of each severity are kept, the others counted', () => {
  const list = collectProblems()
  for (let i = 0; i < 1_500; i++) list.report('scope-unused', at(0, 1), { name: String(i) })
  expect(list.hasErrors()).toBe(false)
  for (let i = 0; i < 1_200; i++) list.report('scope-unknown', at(0, 1), { name: String(i) })
  expect(list.hasErrors()).toBe(true)
  const problems = list.problems()
  expect(problems).toHaveLength(2_001)
  expect(problems.at(-1)).toMatchObject({ code: 'problems-too-many', params: { count: '700' } })
})
