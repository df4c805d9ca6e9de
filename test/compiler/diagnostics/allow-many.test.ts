import { expect, test } from 'vitest'
import { dropAllowed } from '../../../compiler/diagnostics/allow.ts'
import type { Problem } from '../../../compiler/diagnostics/report.ts'

const LINES = 20_000
const TIME_MS_MAX = 2000

test('twenty thousand warnings, each with a comment that allows it, are gone through in no time', () => {
  const pair = '# keysmith allow scope-unused: later\nname: value of some length\n'
  const text = pair.repeat(LINES)
  const source = { name: 'a.yaml', path: '/a.yaml', text, root: '', document: null, lines: null }
  const problems = Array.from({ length: LINES }, (_, i): Problem => {
    const from = i * pair.length + pair.indexOf('name')
    return { code: i === 7 ? 'plan-unused' : 'scope-unused', params: {}, where: { file: 'a.yaml', from, to: from + 4 } }
  })
  const startMs = performance.now()
  const kept = dropAllowed(
    problems,
    (where) => (typeof where === 'object' && 'file' in where ? { source, from: where.from, to: where.to } : null),
    [source],
  )
  expect(kept).toEqual([problems[7]])
  expect(performance.now() - startMs).toBeLessThan(TIME_MS_MAX)
})
