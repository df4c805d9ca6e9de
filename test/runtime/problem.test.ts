import { beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../../runtime/exchange.ts'
import { problemBody } from '../../runtime/problem.ts'
import { refuse, REFUSALS, type RefusalCode } from '../../runtime/refusals.ts'
import { createDecider } from '../support/decider.ts'
import { SMALL_PUBLIC_CONFIG } from '../support/small-config.ts'

let plain: Exchange
let branded: Exchange
beforeAll(async () => {
  plain = (await createDecider(SMALL_PUBLIC_CONFIG))({ url: '/' })
  const config = SMALL_PUBLIC_CONFIG.replace(
    '  keys: {',
    '  brand: { errors: https://docs.example.com/errors/ }\n  keys: {',
  )
  branded = (await createDecider(config))({ url: '/' })
})

// Safe: the names of an object that is declared with them.
const CODES = Object.keys(REFUSALS) as RefusalCode[]

describe('the body of a refusal', () => {
  test.each(CODES)('%s says all that RFC 9457 names', (code) => {
    const problem: unknown = JSON.parse(problemBody(plain, refuse(code)))
    expect(problem).toEqual({
      type: `urn:keysmith:${code}`,
      title: REFUSALS[code][1],
      status: REFUSALS[code][0],
      detail: `${REFUSALS[code][1]}.`,
      instance: `urn:uuid:${plain.requestId}`,
      code,
    })
  })

  test('has what else applies, and details of its own', () => {
    const refusal = refuse('rate-exceeded', {
      detail: 'Wait.',
      members: { 'violated-policies': ['rate'], retryAfter: 3 },
    })
    expect(JSON.parse(problemBody(plain, refusal))).toMatchObject({
      detail: 'Wait.',
      'violated-policies': ['rate'],
      retryAfter: 3,
    })
  })

  test("points to the gateway's own pages where it has some", () => {
    expect(JSON.parse(problemBody(branded, refuse('retired')))).toMatchObject({
      type: 'https://docs.example.com/errors/retired',
      code: 'retired',
    })
  })

  test('is JSON whatever a caller wrote into it', () => {
    const name = '"\\\u0000\u2028</script>\ud800'
    const refusal = refuse('invalid-request', {
      members: { errors: [{ parameter: name, detail: 'is not known here' }] },
    })
    const text = problemBody(plain, refusal)
    expect(Buffer.from(text).toString()).toBe(text)
    expect(JSON.parse(text)).toMatchObject({ errors: [{ parameter: name }] })
  })
})

test('every refusal has a status of its kind and a title', () => {
  for (const code of CODES) {
    const [status, title] = REFUSALS[code]
    expect(status >= 400 && status < 600, code).toBe(true)
    expect(title).toMatch(/^[A-Z][A-Za-z' ]+$/)
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
  }
})
