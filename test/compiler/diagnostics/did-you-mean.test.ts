import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../../../compiler/diagnostics/did-you-mean.ts'

const NAMES = ['orders', 'orders-v2', 'users', 'scope', 'scopes', 'by']

test.each([
  ['order', 'orders'],
  ['ordres', 'orders'],
  ['orders-v3', 'orders-v2'],
  ['Users', 'users'],
  ['uesrs', 'users'],
  ['scopez', 'scopes'],
  ['scop', 'scope'],
  ['bi', 'by'],
  ['yb', 'by'],
])('"%s" was meant to be "%s"', (word, name) => expect(nearest(word, NAMES)).toBe(name))

test.each([['inventory'], ['x'], ['uusseerrss'], ['']])('"%s" is like no name', (word) => {
  expect(nearest(word, NAMES)).toBeUndefined()
  expect(didYouMean(word, NAMES)).toBeUndefined()
})

test('among equals the first is named', () => {
  expect(nearest('bat', ['cat', 'hat'])).toBe('cat')
})
