import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { group } from '../../support/group.ts'
import { SHARED_FOLDER } from '../../support/needs.ts'

/** Where tests of the engine's pitfalls stand: each says "row" and the number of the pitfall in the reference. */
const FOLDERS = [import.meta.dirname, resolve(import.meta.dirname, '../../e2e')]

/** Rows that are not shown here, and the issue that owns them. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  14: 'issue 5: the engine closes idle connections after 10 s, which is for those to know who deploy it',
  24: 'issue 5: the single executable, and what it extracts',
  25: 'issue 3: an issuer whose keys cannot be fetched',
  26: 'none yet: a store besides memory is an error until somebody brings it',
  27: 'issue 5: where the binaries come from; that they are the pinned ones is shown in row 23',
}

const shown = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/['`]row ([0-9]+): /g)].map(([, row]) => Number(row)))

test('each of the rows has its test, or is owned by an issue, and none is both', () => {
  const elsewhere = Object.keys(ELSEWHERE).map(Number)
  expect([...new Set(shown)].filter((row) => elsewhere.includes(row))).toEqual([])
  const all = [...new Set([...shown, ...elsewhere])].sort((a, b) => a - b)
  expect(all).toEqual(Array.from({ length: all.length }, (_, i) => i + 1))
})

group('the pitfalls of the engine', () => {
  test('they are the rows of the reference, no more and no fewer', () => {
    const reference = readFileSync(join(SHARED_FOLDER, 'reference/engine.md'), 'utf8')
    const table = reference.slice(reference.indexOf('## 15. '), reference.indexOf('## 16. '))
    const rows = [...table.matchAll(/^\| ([0-9]+) \|/gm)].map(([, row]) => Number(row))
    expect([...new Set([...shown, ...Object.keys(ELSEWHERE).map(Number)])].sort((a, b) => a - b)).toEqual(rows)
  })
})
