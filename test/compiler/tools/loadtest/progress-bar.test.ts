import { expect, test } from 'vitest'
import { createProgressBar } from '../../../../compiler/tools/loadtest/progress-bar.ts'

const CLEAR_LINE = '\r\u001b[2K'

function drawn(columns: number, share: number, what: string): string {
  let text = ''
  createProgressBar({ columns, colors: false, write: (piece) => (text += piece) }).show(share, what)
  expect(text.startsWith(CLEAR_LINE)).toBe(true)
  return text.slice(CLEAR_LINE.length)
}

test('it fills, says how much is done and of what, and stays in its line', () => {
  expect(drawn(80, 0, 'starting')).toBe(`${'░'.repeat(24)}   0% starting`)
  expect(drawn(80, 1, 'done')).toBe(`${'█'.repeat(24)} 100% done`)
  for (const columns of [12, 20, 40]) {
    expect(drawn(columns, 0.5, 'GET /a/very/long/path/that/does/not/fit').length).toBeLessThan(columns)
  }
})

test('it is taken away once, and what a terminal would act upon is escaped', () => {
  const pieces: string[] = []
  const bar = createProgressBar({ columns: 80, colors: false, write: (piece) => void pieces.push(piece) })
  bar.clear()
  expect(pieces).toEqual([])
  bar.show(0.5, 'a\u001b[31mb')
  expect(pieces.join('').slice(CLEAR_LINE.length)).not.toContain('\u001b')
  bar.clear()
  bar.clear()
  expect(pieces.slice(1)).toEqual([CLEAR_LINE])
})

test('nothing is drawn where nobody watches', () => {
  const bar = createProgressBar(null)
  expect([bar.show(0.5, 'x'), bar.clear()]).toEqual([undefined, undefined])
})
