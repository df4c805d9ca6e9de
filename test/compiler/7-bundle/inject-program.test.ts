import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { canHoldProgram } from '../../../compiler/7-bundle/inject-program.ts'

/** In two parts, so that a bundle of this file does not hold it. */
const MARK = ['NODE_SEA', 'FUSE_fce680ab2cc467b6e072b8b5df1996b2'].join('_')

test('the Node that runs this can hold a program', () => {
  expect(canHoldProgram(readFileSync(process.execPath))).toBe(true)
})

test('one that holds a program already, or was built without that, cannot', () => {
  expect(canHoldProgram(Buffer.from(`\\x7fELF ${MARK}:0 `))).toBe(true)
  expect(canHoldProgram(Buffer.from(`\\x7fELF ${MARK}:1 `))).toBe(false)
  expect(canHoldProgram(Buffer.from('\\x7fELF'))).toBe(false)
})
