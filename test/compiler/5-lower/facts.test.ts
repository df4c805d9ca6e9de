import { expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import { validate } from '../../../compiler/2-validate/validate.ts'
import { link } from '../../../compiler/3-link/link.ts'
import type { LinkedConfig } from '../../../compiler/3-link/linked.ts'
import { lowerFacts } from '../../../compiler/5-lower/facts.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import type { Bind } from '../../../schemas/config.ts'
import { VALIDATORS } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const KEYS = `roles:
  reader: [read]
tenants:
  globex:
    keys:
      a: { digest: "sha256:${'a'.repeat(64)}", roles: [reader], metadata: { region: eu } }
      b: { digest: "sha256:${'b'.repeat(64)}", roles: [reader], metadata: { region: eu } }
      c: { digest: "sha256:${'c'.repeat(64)}", scopes: [read] }
`
const BIND: Bind = { at: '', of: 'path', name: ['id'], to: { of: 'id' } }

function linked(): LinkedConfig {
  const list = collectProblems()
  const raw = load(`${temporaryFolder({ 'gateway.yaml': orderConfig({ rest: KEYS }) })}/gateway.yaml`, list.report)
  return link(validate(raw, VALIDATORS, list.report) ?? expect.fail('not valid'), list.report)
}

test('where something asks who calls, keys that are alike share what can be asked of them', () => {
  const config = linked()
  const facts = lowerFacts({ ...config, routes: config.routes.map((route) => ({ ...route, binds: [BIND] })) })
  expect(facts.rows).toEqual([
    { roles: ['reader'], scopes: ['read'], metadata: [['region', 'eu']] },
    { roles: [], scopes: ['read'], metadata: [] },
  ])
  expect(facts.ofKey).toEqual([0, 0, 1])
})

test('where nothing asks, the table holds none of it', () => {
  expect(lowerFacts(linked())).toEqual({ rows: [], places: [], ofKey: [-1, -1, -1] })
})
