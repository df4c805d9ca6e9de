import { expect, test } from 'vitest'
import { checkSigningSecrets } from '../../../runtime/identity/signing-secrets.ts'
import { StartFault } from '../../../runtime/start-faults.ts'
import { loadTestTable } from '../../support/decider.ts'
import { SIGNING_CONFIG, SIGNING_FILES } from '../../support/signing-config.ts'

test('a secret that keys sign with is long enough, or it is named and not shown', async () => {
  const { table } = await loadTestTable(SIGNING_CONFIG, SIGNING_FILES)
  const long = 'x'.repeat(32)
  const short = 'y'.repeat(31)
  expect(() => checkSigningSecrets(table, [long, long])).not.toThrow()
  const fault = faultOf(() => checkSigningSecrets(table, [long, short]))
  expect(fault).toBeInstanceOf(StartFault)
  expect(fault?.message).toBe('Keys cannot sign with less than 32 characters:\n  other')
})

function faultOf(step: () => void): Error | null {
  try {
    step()
    return null
  } catch (error) {
    return error instanceof Error ? error : null
  }
}
