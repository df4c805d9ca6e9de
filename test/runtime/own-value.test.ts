import { expect, test } from 'vitest'
import type { Caller } from '../../runtime/caller.ts'
import { ownValue } from '../../runtime/own-value.ts'
import type { BindRow } from '../../schemas/table.ts'

const FACTS = { id: 'web', tenant: 'globex', scopes: [], roles: [], metadata: { user: 'u-1', empty: '' } }
const CLAIMS = { sub: 'u-7', org: { id: 12, big: 2 ** 53, half: 0.5, names: ['x'] }, none: '', yes: true }

function own(to: BindRow['to'], ...source: string[]): string | undefined {
  // Safe: of a caller this is all that is looked at.
  const caller = { facts: FACTS, claims: CLAIMS } as unknown as Caller
  return ownValue(caller, { of: 'path', parameter: 0, name: ['x'], to, source })
}

test('a caller owns its id, its tenant, and what its metadata and its claims name', () => {
  expect(own('id')).toBe('web')
  expect(own('tenant')).toBe('globex')
  expect(own('metadata', 'user')).toBe('u-1')
  expect(own('claims', 'sub')).toBe('u-7')
  expect(own('claims', 'org', 'id')).toBe('12')
})

test('what is not there, is empty, or is neither text nor a whole number, nobody owns', () => {
  expect(own('metadata', 'other')).toBeUndefined()
  expect(own('metadata', 'empty')).toBeUndefined()
  for (const path of ['none', 'yes', 'org', 'org.big', 'org.half', 'org.names', 'sub.length', 'org.toString', 'a.b'])
    expect(own('claims', ...path.split('.'))).toBeUndefined()
})

test('a caller without claims owns none', () => {
  // Safe: as above.
  const caller = { facts: null, claims: null } as unknown as Caller
  const bind = { of: 'path', parameter: 0, name: ['x'], source: ['sub'] } as const
  expect(ownValue(caller, { ...bind, to: 'claims' })).toBeUndefined()
  expect(ownValue(caller, { ...bind, to: 'metadata' })).toBeUndefined()
  expect(ownValue(caller, { ...bind, to: 'id' })).toBeUndefined()
})
