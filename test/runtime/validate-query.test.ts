import { beforeAll, describe, expect, test } from 'vitest'
import { validateQuery } from '../../runtime/validate-query.ts'
import { createDecider, type Decide } from '../support/decider.ts'

const CONFIG = `version: 1
gateway: { name: queries, listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /free: {}
      GET /things:
        query:
          text: { type: string, minLength: 2, maxLength: 4 }
          count: { type: integer, minimum: 1, maximum: 100 }
          ratio: { type: number, maximum: 1 }
          flag: { type: boolean }
          status: { enum: [open, paid] }
          ids: { type: array, items: { type: integer, minimum: 1 }, maxItems: 3 }
          words: { type: array, items: { type: string } }
      GET /needed:
        query:
          id: { type: string, required: true }
          list: { type: array, items: { type: string }, required: true }
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

/** "parameter: detail" of each violation, "fine", or the code of another refusal. */
function verdict(url: string): string | string[] {
  const exchange = decide({ url })
  expect(exchange.refusal).toBeNull()
  const refusal = validateQuery(exchange)
  if (refusal === null) return 'fine'
  if (refusal.code !== 'invalid-request') return `${refusal.status} ${refusal.code}`
  // Safe: the step names the shape.
  const errors = refusal.members['errors'] as { readonly parameter: string; readonly detail: string }[]
  return errors.map(({ parameter, detail }) => `${parameter}: ${detail}`)
}

describe('a query that is described', () => {
  test.each([
    '',
    'text=ab',
    'text=%C3%A9%C3%A9%C3%A9%C3%A9',
    'text=1234',
    'count=1',
    'count=100',
    'count=-0&count_=',
    'ratio=-1.5e3',
    'ratio=0.999',
    'ratio=0',
    'flag=true',
    'flag=false',
    'status=open',
    'ids=1',
    'ids=1&ids=2&ids=3',
    'words=',
    'words=a&words=a',
    'text=ab&count=5&&ids=1&',
  ])('takes %j', (query) => {
    const expected = query === 'count=-0&count_=' ? ['count_: is not known here', 'count: must be >= 1'] : 'fine'
    expect(verdict(`/things?${query}`)).toEqual(expected)
  })

  test.each([
    ['other=1', ['other: is not known here']],
    ['Text=ab', ['Text: is not known here']],
    ['text=a', ['text: must NOT have fewer than 2 characters']],
    ['text=abcde', ['text: must NOT have more than 4 characters']],
    ['text=ab&text=cd', ['text: must not come more than once']],
    ['count=', ['count: must be integer']],
    ['count', ['count: must be integer']],
    ['count=1.0', ['count: must be integer']],
    ['count=1e1', ['count: must be integer']],
    ['count=+1', ['count: must be integer']],
    ['count=01', ['count: must be integer']],
    ['count=%201', ['count: must be integer']],
    ['count=0x1', ['count: must be integer']],
    ['count=1_0', ['count: must be integer']],
    ['count=%EF%BC%91', ['count: must be integer']],
    ['count=0', ['count: must be >= 1']],
    ['count=101', ['count: must be <= 100']],
    ['ratio=1.01', ['ratio: must be <= 1']],
    ['ratio=.5', ['ratio: must be number']],
    ['ratio=NaN', ['ratio: must be number']],
    ['ratio=-Infinity', ['ratio: must be number']],
    ['ratio=0x0', ['ratio: must be number']],
    ['flag=1', ['flag: must be boolean']],
    ['flag=TRUE', ['flag: must be boolean']],
    ['flag=', ['flag: must be boolean']],
    ['status=other', ['status: must be equal to one of the allowed values']],
    ['ids=', ['ids: must be integer']],
    ['ids=0', ['ids: must be >= 1']],
    ['ids=1&ids=2&ids=3&ids=4', ['ids: must NOT have more than 3 items']],
    ['ids=1,2', ['ids: must be integer']],
    ['ids[]=1', ['ids[]: is not known here']],
    ['__proto__=1', ['__proto__: is not known here']],
    ['constructor=1', ['constructor: is not known here']],
  ])('refuses %j', (query, violations) => {
    expect(verdict(`/things?${query}`)).toEqual(violations)
  })

  test('names every violation', () => {
    expect(verdict('/things?x=1&count=0&ratio=x&text=a&flag=no&y=2')).toEqual([
      'x: is not known here',
      'ratio: must be number',
      'flag: must be boolean',
      'y: is not known here',
      'text: must NOT have fewer than 2 characters',
      'count: must be >= 1',
    ])
  })

  test('names a hundred at most', () => {
    const names = Array.from({ length: 300 }, (_, i) => `p${i}=1`).join('&')
    expect(verdict(`/things?${names}`)).toHaveLength(100)
  })

  test('may need parameters', () => {
    expect(verdict('/needed')).toEqual([
      "id: must have required property 'id'",
      "list: must have required property 'list'",
    ])
    expect(verdict('/needed?id=&list=')).toBe('fine')
  })

  test.each(['text=%zz', 'text=%', '%ff=1', 'text=ab&%c3'])('with a broken escape is malformed: %s', (query) => {
    expect(verdict(`/things?${query}`)).toBe('400 malformed-request')
  })
})

test('a query that nobody describes is none of ours', () => {
  expect(verdict('/free?a=%zz&a=1&__proto__')).toBe('fine')
})
