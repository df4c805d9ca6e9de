import { expect, test } from 'vitest'
import { readTable } from '../../runtime/read-table.ts'

test('a table of this format is what its script gives', () => {
  expect(readTable('({ format: 1, routes: [] })')).toEqual({ format: 1, routes: [] })
})

test.each(['2', '0', '"1"', 'undefined'])('a table of format %s is refused, with what to do', (format) => {
  expect(() => readTable(`({ format: ${format} })`)).toThrow(
    /^the table has format .+; this runtime reads 1: compile its config again$/,
  )
})
