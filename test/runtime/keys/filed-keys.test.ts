import { expect, test } from 'vitest'
import type { Exchange } from '../../../runtime/exchange.ts'
import { openKeyFile } from '../../../runtime/keys/open-key-file.ts'
import { createRevocationList } from '../../../runtime/revocations/revocation-list.ts'
import { applyRevocations } from '../../../runtime/revocations/revoked.ts'
import { leaveLimits } from '../../../runtime/take-limits.ts'
import { writeHex } from '../../../runtime/identity/digest-table.ts'
import {
  AT_MS,
  compileTestConfig,
  createCounters,
  createTableDecider,
  loadTestTable,
  type Decide,
} from '../../support/decider.ts'
import { configWith, configWithFile, otherSecret, type WrittenKey } from '../../support/filed-keys.ts'
import { digestOf, makeSecret } from '../../support/make-secret.ts'
import { createRandom, type Random } from '../../parity/random.ts'

const DAY_MS = 86_400_000
const KEYS = 60

test('keys decide the same from a file beside the table as written in the config', { timeout: 60_000 }, async () => {
  const random = createRandom(7)
  const keys = Array.from({ length: KEYS }, (_, i) => keyOf(i, random))
  const { yaml, files } = configWithFile(keys)
  const written = createTableDecider(await loadTestTable(configWith(keys)))
  const filedTable = await loadTestTable(yaml, files)
  expect(filedTable.table.keys).toEqual([])
  expect(filedTable.keys.count).toBe(KEYS + 2_001)
  const filed = createTableDecider(filedTable)

  const said = new Map<string, number>()
  for (let i = 0; i < 2_000; i++) {
    const secret = secretOf(random.below(KEYS), random.pick(['now', 'now', 'before']))
    const request = {
      url: `/things${random.pick(['/', '/', '/other', '/of/anna', '/of/ben'])}`,
      headers: [['x-api-key', random.chance(0.02) ? `${secret}x` : secret]] as const,
      from: random.pick(['192.0.2.1', '198.51.100.7']),
      afterMs: i * 100 + random.pick([0, DAY_MS, 3 * DAY_MS]),
    }
    const answers = [written, filed].map((decide) => told(decide, request))
    expect(answers[1]).toEqual(answers[0])
    const code = String(answers[0]?.['code'])
    said.set(code, (said.get(code) ?? 0) + 1)
  }
  const codes = ['passes', 'invalid-key', 'expired-key', 'key-not-yet-valid', 'suspended', 'address-not-allowed']
  for (const code of [...codes, 'rate-exceeded', 'insufficient-scope', 'no-route'])
    expect([...said.keys()]).toContain(code)
})

test(
  'counters go with the name when a key moves from the table to the file and back',
  { timeout: 60_000 },
  async () => {
    const keys = [keyWith(1, {}), keyWith(2, {})]
    const counters = createCounters()
    const { yaml, files } = configWithFile(keys)
    const asks = (decide: Decide, n: number): boolean =>
      told(decide, { url: '/things/', headers: [['x-api-key', secretOf(n, 'now')]] })['code'] === 'passes'

    const written = createTableDecider(await loadTestTable(configWith(keys), {}, counters))
    expect([asks(written, 1), asks(written, 1)]).toEqual([true, true])
    const filed = createTableDecider(await loadTestTable(yaml, files, counters))
    expect([asks(filed, 1), asks(filed, 1), asks(filed, 2)]).toEqual([true, false, true])
    const again = createTableDecider(await loadTestTable(configWith(keys.toReversed()), {}, counters))
    expect([asks(again, 1), asks(again, 2), asks(again, 2), asks(again, 2)]).toEqual([false, true, true, false])
    const back = createTableDecider(await loadTestTable(yaml, files, counters))
    expect([asks(back, 1), asks(back, 2)]).toEqual([false, false])
  },
)

test('keys of a file are revoked by their id, and by a digest of theirs', { timeout: 60_000 }, async () => {
  const retiring = { digest: digestOf(secretOf(1, 'before')), until: '2099-01-01' }
  const { yaml, files } = configWithFile([keyWith(1, { retiring }), keyWith(2, {})])
  const loaded = await loadTestTable(yaml, files)
  const decide = createTableDecider(loaded)
  const codeOf = (secret: string): unknown =>
    told(decide, { url: '/things/', headers: [['x-api-key', secret]] })['code']
  const secrets = [secretOf(1, 'now'), secretOf(1, 'before'), secretOf(2, 'now'), otherSecret(5), otherSecret(6)]
  const words = new Int32Array(8)
  writeHex(words, 0, digestOf(otherSecret(5)).slice('sha256:'.length))

  applyRevocations(loaded, createRevocationList(words, ['key-1', 'nobody'], []))
  expect(secrets.map(codeOf)).toEqual(['revoked-key', 'revoked-key', 'passes', 'revoked-key', 'passes'])
  applyRevocations(loaded, createRevocationList(new Int32Array(0), [], []))
  expect(secrets.map(codeOf)).toEqual(['passes', 'passes', 'passes', 'passes', 'passes'])
})

test('a file of keys is refused when it is not the very one that the table names', { timeout: 60_000 }, async () => {
  const { yaml, files } = configWithFile([])
  const { table, keyFile } = await compileTestConfig(yaml, files)
  const row = table.keyFile
  if (row === undefined || keyFile === null) throw new Error('the keys are not in a file')
  expect(openKeyFile(row, keyFile)?.kindOf).toHaveLength(2_001)
  expect(() => openKeyFile(row, null)).toThrow('the table needs keys.bin, which was not given')
  for (const at of [0, 9, 40, keyFile.length - 1]) {
    const broken = Uint8Array.from(keyFile)
    broken[at] = (broken[at] ?? 0) ^ 1
    expect(() => openKeyFile(row, broken)).toThrow('keys.bin is not the file that the table was compiled with')
  }
  expect(() => openKeyFile(row, keyFile.slice(0, -1))).toThrow('keys.bin is not the file')
  const again = await compileTestConfig(yaml, files)
  expect(Buffer.compare(again.keyFile ?? new Uint8Array(0), keyFile)).toBe(0)
  expect(again.table.configHash).toBe(table.configHash)
  const other = await compileTestConfig(yaml, {
    'keys.ndjson': files['keys.ndjson']?.replace('other-7"', 'other-x"') ?? '',
  })
  expect(other.table.configHash).not.toBe(table.configHash)
})

function told(decide: Decide, request: Parameters<Decide>[0]): Record<string, unknown> {
  const exchange = decide(request)
  const { refusal } = exchange
  const shown = {
    code: refusal?.code ?? 'passes',
    headers: refusal?.headers ?? '',
    members: refusal?.members ?? null,
    caller: callerOf(exchange),
  }
  leaveLimits(exchange)
  return shown
}

/** All that steps behind authentication see, positions aside. */
function callerOf({ caller }: Exchange): unknown {
  if (caller === null) return null
  const { id, tenantName, plan, identity, facts, limits, limitSet } = caller
  return {
    ...{ id, tenantName, plan, identity, facts, policy: limitSet.policy, fieldScopes: caller.class.fieldScopes },
    limits: limits.map(({ row }) => row),
  }
}

function secretOf(i: number, which: 'now' | 'before'): string {
  return i % 3 === 0 ? `imported-${which}-${i}` : makeSecret('acme', 'live', `${which} ${i}`)
}

function keyWith(i: number, members: Readonly<Record<string, unknown>>): WrittenKey {
  const imported = i % 3 === 0 ? { imported: true } : {}
  return {
    id: `key-${i}`,
    digest: digestOf(secretOf(i, 'now')),
    scopes: ['use'],
    expires: '2099-01-01',
    ...imported,
    ...members,
  }
}

/** Each member of a key is there now and then, alone and beside others. */
function keyOf(i: number, random: Random): WrittenKey {
  const instant = (days: number): string => new Date(AT_MS + days * DAY_MS).toISOString()
  const members: Readonly<Record<string, unknown>> = {
    retiring: { digest: digestOf(secretOf(i, 'before')), until: instant(random.pick([0.01, 2, 200])) },
    roles: ['all'],
    plan: 'large',
    notBefore: instant(random.pick([-1, 1.5])),
    expires: instant(random.pick([2, 300])),
    allowIps: random.pick([['192.0.2.0/24'], ['198.51.100.7', '2001:db8::/32']]),
    metadata: random.pick([{ user: 'anna' }, { user: 'ben', note: 'Grüße' }]),
    limits: { rate: `${random.below(4) + 1}/h` },
    suspended: { since: instant(random.pick([-1, 2])) },
    description: 'one of many',
  }
  const chosen = Object.entries(members).filter(() => random.chance(0.3))
  return keyWith(i, Object.fromEntries(chosen))
}
