import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createDecider, type Decide } from '../support/decider.ts'
import { group } from '../support/group.ts'
import { valuesOf } from '../support/header-lines.ts'
import { SHARED_FOLDER } from '../support/needs.ts'
import { sentLines } from '../support/sent-lines.ts'
import { SMALL_PUBLIC_CONFIG } from '../support/small-config.ts'

const VECTORS = `${SHARED_FOLDER}/data/trace-context/vectors.json`
const TRACE = '12345678901234567890123456789012'
const PARENT = '1234567890123456'
const KNOWN = `00-${TRACE}-${PARENT}-01`

type Headers = readonly (readonly [name: string, value: string])[]

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(SMALL_PUBLIC_CONFIG)
})

/** What the upstream sees of a trace. Names and values come as the engine gives them: small letters, no blanks around. */
function sent(headers: Headers): { readonly traceparent: string[]; readonly tracestate: string[]; traceId: string } {
  const asRead = headers.map(([name, value]) => [name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, '')] as const)
  const exchange = decide({ url: '/', headers: asRead })
  expect(exchange.refusal).toBeNull()
  const lines = sentLines(exchange)
  const [traceparent, tracestate] = [valuesOf(lines, 'traceparent'), valuesOf(lines, 'tracestate')]
  return { traceparent, tracestate, traceId: exchange.traceId }
}

describe('traceparent', () => {
  test('a trace that holds goes on unchanged, and the log has its id', () => {
    expect(sent([['traceparent', KNOWN]])).toEqual({ traceparent: [KNOWN], tracestate: [], traceId: TRACE })
  })

  test('without one a trace begins whose id is that of the request, where it is ours', () => {
    const { traceparent, traceId } = sent([])
    expect(traceparent).toEqual(['00-00000000000040008000000000000000-8000000000000000-00'])
    expect(traceId).toBe('00000000000040008000000000000000')
  })

  test.each(['a1b2c3d4-e5f6-4789-8abc-def012345678', '00000000-0000-0000-0000-000000000000'])(
    'a request id of the caller names no trace: %s',
    (id) => {
      const { traceparent } = sent([['x-request-id', id]])
      expect(traceparent).toEqual(['00-00000000000040008000000000000000-8000000000000000-00'])
    },
  )

  test.each([
    ['a version that is not allowed', `ff-${TRACE}-${PARENT}-01`],
    ['more than version 00 has', `${KNOWN}-more`],
    ['a zero trace', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a zero parent', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${'A'.repeat(32)}-${PARENT}-01`],
    ['a short trace', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['a list', `${KNOWN}, ${KNOWN}`],
  ])('%s begins another trace, without the state of the old', (_, traceparent) => {
    const { traceId, tracestate } = sent([
      ['traceparent', traceparent],
      ['tracestate', 'a=1'],
    ])
    expect(traceId).not.toBe(TRACE)
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(tracestate).toEqual([])
  })

  test('two lines begin another trace', () => {
    const { traceparent, traceId } = sent([
      ['traceparent', KNOWN],
      ['traceparent', KNOWN],
    ])
    expect(traceparent).toHaveLength(1)
    expect(traceId).not.toBe(TRACE)
  })

  test('a later version may have more behind', () => {
    expect(sent([['traceparent', `cc-${TRACE}-${PARENT}-01-more`]]).traceId).toBe(TRACE)
  })
})

describe('tracestate', () => {
  test.each([
    ['one member', 'a=1', 'a=1'],
    ['a member of a tenant', 'tenant@system=value', 'tenant@system=value'],
    ['a key that begins with a digit', '0a=1', '0a=1'],
    ['blanks around members', 'a=1 ,\t b=2', 'a=1 ,\t b=2'],
    ['an empty member', 'a=1,,b=2', 'a=1,,b=2'],
    ['a key that comes twice', 'a=1,a=2', 'a=1,a=2'],
    ['a value with blanks inside', 'a=1 2', 'a=1 2'],
    ['a key of 256 characters', `${'k'.repeat(256)}=1`, `${'k'.repeat(256)}=1`],
  ])('%s passes', (_, value, expected) => {
    expect(sentState(value)).toEqual([expected])
  })

  test.each([
    ['a key with capitals', 'A=1'],
    ['a key with a dot', 'a.b=1'],
    ['a key that begins with "@"', '@a=1'],
    ['a blank before "="', 'a =1'],
    ['no value', 'a='],
    ['an "=" in the value', 'a=b=c'],
    ['no "="', 'a'],
    ['a key of 257 characters', `${'k'.repeat(257)}=1`],
    ['a value of 257 characters', `a=${'v'.repeat(257)}`],
    ['33 members', Array.from({ length: 33 }, (_, i) => `k${i}=1`).join()],
  ])('%s is not passed on, and the trace is', (_, value) => {
    expect(sentState(value)).toEqual([])
  })

  test('several lines are one list', () => {
    const { tracestate } = sent([
      ['traceparent', KNOWN],
      ['tracestate', 'a=1'],
      ['tracestate', 'b=2'],
    ])
    expect(tracestate).toEqual(['a=1, b=2'])
  })

  test('the longest state that headers have room for is read in a moment', () => {
    for (const state of [
      `${' '.repeat(15_000)}!`,
      `a=${'1'.repeat(15_000)}`,
      ',a@'.repeat(5000),
      'a=1,'.repeat(3700),
    ]) {
      const began = performance.now()
      sentState(state)
      expect(performance.now() - began).toBeLessThan(50)
    }
  })

  function sentState(value: string): string[] {
    const { tracestate, traceId } = sent([
      ['traceparent', KNOWN],
      ['tracestate', value],
    ])
    expect(traceId).toBe(TRACE)
    return tracestate
  }
})

/** What the vectors ask of the headers that an upstream sees; the file's README explains them. */
interface Condition {
  readonly traceparent_valid_single?: true
  readonly trace_id?: string
  readonly not_trace_id?: string
  readonly not_parent_id?: string
  readonly tracestate?: Readonly<Record<string, string>>
  readonly tracestate_has_key?: string
  readonly tracestate_lacks_key?: string
  readonly tracestate_len?: number | string
  readonly tracestate_in_order?: readonly string[]
  readonly flag_bit_set?: number
}

interface Vector {
  readonly id: number
  readonly headers: Headers
  readonly expect_upstream: readonly Condition[]
}

group('trace context vectors', () => {
  const vectors = existsSync(VECTORS) ? vectorsOf(VECTORS) : []

  test.each(vectors)('$id', ({ headers, expect_upstream: conditions }) => {
    const { traceparent, tracestate } = sent(headers)
    const members = tracestate.flatMap((line) => line.split(',')).map((member) => member.trim())
    for (const condition of conditions) holds(condition, traceparent, members)
  })

  test('there are vectors to replay', () => {
    expect(vectors.length).toBeGreaterThan(50)
  })

  function vectorsOf(file: string): readonly Vector[] {
    // Safe: the folder's README names the shape.
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }).vectors
  }

  function holds(condition: Condition, traceparent: readonly string[], members: readonly string[]): void {
    const [, traceId, parentId, flags] = (traceparent[0] ?? '').split('-')
    const state = new Map(members.map((member) => [member.slice(0, member.indexOf('=')), member.split('=')[1]]))
    if (condition.traceparent_valid_single === true) {
      expect(traceparent).toHaveLength(1)
      expect(traceparent[0]).toMatch(/^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-|$)/)
    }
    if (condition.trace_id !== undefined) expect(traceId).toBe(condition.trace_id)
    if (condition.not_trace_id !== undefined) expect(traceId).not.toBe(condition.not_trace_id)
    // For gateways that make a span of their own. This one goes on with the caller's, unchanged.
    if (condition.not_parent_id !== undefined) expect(parentId).toBe(condition.not_parent_id)
    for (const [key, value] of Object.entries(condition.tracestate ?? {})) {
      expect(members).toContain(`${key}=${value}`.trimEnd())
    }
    if (condition.tracestate_has_key !== undefined) expect(state.has(condition.tracestate_has_key)).toBe(true)
    if (condition.tracestate_lacks_key !== undefined) expect(state.has(condition.tracestate_lacks_key)).toBe(false)
    if (typeof condition.tracestate_len === 'number') expect(members).toHaveLength(condition.tracestate_len)
    // "Same as vector 39": without a traceparent, states of any length are treated alike.
    if (typeof condition.tracestate_len === 'string') expect(members).toEqual([])
    if (condition.tracestate_in_order !== undefined) expect(members).toEqual(condition.tracestate_in_order)
    if (condition.flag_bit_set !== undefined) {
      expect(parseInt(flags ?? '0', 16) & condition.flag_bit_set).toBe(condition.flag_bit_set)
    }
  }
})
