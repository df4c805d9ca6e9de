import { expect, test } from 'vitest'
import { CommandFault } from '../../../../compiler/command-fault.ts'
import { checkConfig } from '../../../../compiler/compile.ts'
import { newKey, type KeyRequest } from '../../../../compiler/tools/keys/new-key.ts'
import { NO_REVOCATIONS } from '../../../../compiler/tools/keys/read-revocations.ts'
import { AT_MS, SCHEMA_FOLDER, VALIDATORS } from '../../../support/check.ts'
import { configFolder } from '../../../support/tenants-config.ts'

const REQUEST: KeyRequest = {
  tenant: 'globex',
  id: 'added',
  roles: ['partner'],
  scopes: [],
  plan: null,
  expires: '90d',
  environment: null,
}

/** What the key's maker is told instead of getting one. */
function faultOf(change: Partial<KeyRequest>): unknown {
  const cwd = configFolder()
  const file = `${cwd}/gateway.yaml`
  const options = { schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, cwd, atMs: AT_MS }
  const { linked, ...checked } = checkConfig(file, options)
  if (linked === null) expect.fail('the config is broken')
  const revocations = { ...NO_REVOCATIONS, keys: new Set(['gone']) }
  try {
    newKey({ ...checked, linked, file, options }, { ...REQUEST, ...change }, revocations, () => 0)
  } catch (error) {
    return error
  }
  return null
}

test('what the config knows is taken', () => {
  expect(faultOf({ scopes: ['things:read'], plan: 'free', environment: 'test' })).toBeNull()
})

test.each([
  { change: { tenant: 'globx' }, said: 'There is no tenant "globx". Did you mean "globex"?' },
  { change: { scopes: ['things:raed'] }, said: 'There is no scope "things:raed". Did you mean "things:read"?' },
  { change: { roles: ['admin'] }, said: 'There is no role "admin". There are: partner.' },
  { change: { plan: 'fre' }, said: 'There is no plan "fre". Did you mean "free"?' },
  { change: { id: 'initech-web' }, said: 'There is a key "initech-web" already; it belongs to tenant "initech".' },
  {
    change: { id: 'gone' },
    said: 'The id "gone" is revoked for good ("key:gone" in the revocations): a key of that id would open nothing. Choose another.',
  },
  { change: { expires: '2026-11-22' }, said: '--expires 2026-11-22 has passed: it would open nothing.' },
  {
    change: { environment: 'prod' },
    said: 'This gateway opens to live, test only (gateway.keys.accept), not to prod.',
  },
])('$said', ({ change, said }) => {
  const fault = faultOf(change)
  expect(fault).toBeInstanceOf(CommandFault)
  expect(fault).toMatchObject({ exit: 2, message: said })
})
