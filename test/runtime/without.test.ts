import { expect, test } from 'vitest'
import type { ExpressionFunctions } from '../../schemas/expression.ts'
import type { GatewayTable, ListenRow } from '../../schemas/table.ts'
import type { Exchange } from '../../runtime/exchange.ts'
import type { LoadedRoute } from '../../runtime/load-table.ts'
import { checkBodyBinds } from '../../runtime/without/binds.ts'
import { checkCondition, loadExpressions } from '../../runtime/without/expressions.ts'
import { loadIdentities } from '../../runtime/without/identities.ts'
import { checkLockout, countFailure } from '../../runtime/without/lockout.ts'
import { validateQuery } from '../../runtime/without/queries.ts'
import { checkBodyDigests, checkSigningSecrets } from '../../runtime/without/signing.ts'
import { checkTlsFiles } from '../../runtime/without/tls.ts'

const LISTEN: ListenRow = { host: '127.0.0.1', port: 1, tls: null }
const LACKS = /^this bundle has no code for /

/** Safe: what stands in looks at nothing else of a table. */
function tableWith(part: Partial<GatewayTable>): GatewayTable {
  return part as GatewayTable
}

/** Safe: nor of an exchange. */
function exchangeWith(part: object): Exchange {
  return part as Exchange
}

test('a table that asks for what was left out cannot be loaded', () => {
  const one = [{}] as never
  expect(() => checkSigningSecrets(tableWith({ signers: one }), [])).toThrow(LACKS)
  expect(() => loadIdentities(tableWith({ identities: one }), [], [], {} as never, [])).toThrow(LACKS)
  expect(() => loadExpressions(tableWith({ expressions: () => [() => true] }))).toThrow(LACKS)
  expect(() => checkTlsFiles([LISTEN, { ...LISTEN, tls: { cert: '', key: '', clientCa: null } }], 0)).toThrow(LACKS)
})

test('a table that does not is loaded', () => {
  const none = [] as const
  expect(checkSigningSecrets(tableWith({ signers: none }), [])).toBeUndefined()
  expect(loadIdentities(tableWith({ identities: none }), [], [], {} as never, [])).toEqual([])
  expect(loadExpressions(tableWith({ expressions: (_: ExpressionFunctions) => [] }))).toEqual([])
  expect(checkTlsFiles([LISTEN], 0)).toEqual([])
})

test('a request that would need what was left out is not let through', () => {
  // Safe: what stands in looks at nothing else.
  const conditional = { condition: {}, bodyBinds: [], row: { query: {} } } as unknown as LoadedRoute
  const exchange = exchangeWith({ route: conditional, signature: {}, table: { lockout: {} } })
  expect(() => checkCondition(exchange, conditional)).toThrow(LACKS)
  expect(() => checkBodyBinds(exchange, new Uint8Array(0))).toThrow(LACKS)
  expect(() => validateQuery(exchange)).toThrow(LACKS)
  expect(() => checkBodyDigests(exchange, new Uint8Array(0))).toThrow(LACKS)
  expect(() => checkLockout(exchange)).toThrow(LACKS)
  expect(() => countFailure(exchange, null)).toThrow(LACKS)
})
