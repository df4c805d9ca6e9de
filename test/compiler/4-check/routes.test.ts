import { expect, test } from 'vitest'
import { checkText } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'

const route = (name: string, rest = ''): string => `      "${name}": { scope: read${rest} }\n`
const matching = (match: string): string => `, match: ${match}`

function codesOf(routes: string, api = ''): string[] {
  return checkText(orderConfig({ routes, api })).map(({ code, place }) => `${code} ${place.line}`)
}

/** Line of the first route; with an api's match above it, one more. */
const FIRST = 17

test.each([
  ['methods differ', route('GET /a') + route('POST /a')],
  ['literals differ', route('GET /a') + route('GET /b')],
  ['one is a parameter, the other a literal', route('GET /{id}') + route('GET /new')],
  ['one is a parameter, the other the rest', route('GET /{id}') + route('GET /{rest...}')],
  ['one asks for more, the other for nothing', route('GET /a') + route('GET /a/', matching('{ host: a.example.com }'))],
  [
    'headers exclude each other',
    route('GET /{a}', matching('{ headers: { x-v: "1" } }')) + route('GET /{b}', matching('{ headers: { x-v: "2" } }')),
  ],
  [
    'query values exclude each other',
    route('GET /{a}', matching('{ query: { v: "1" } }')) + route('GET /{b}', matching('{ query: { v: "2" } }')),
  ],
  [
    'hosts exclude each other',
    route('GET /{a}', matching('{ host: a.example.com }')) + route('GET /{b}', matching('{ host: b.example.com }')),
  ],
  ['HEAD has a route of its own beside GET', route('GET /a') + route('HEAD /a')],
  ['OPTIONS stands beside ANY, which does not hold it', route('ANY /a') + route('OPTIONS /a')],
])('routes live side by side when %s', (_, routes) => {
  expect(codesOf(routes)).toEqual([])
})

test.each([
  ['parameters are only called differently', route('GET /{id}') + route('GET /{orderId}')],
  ['a slash behind makes the only difference', route('GET /a') + route('GET /a/')],
  ['ANY holds the method', route('ANY /a') + route('DELETE /a')],
  ['ANY holds HEAD', route('ANY /a') + route('HEAD /a')],
  ['the rest is only called differently', route('GET /{rest...}') + route('GET /{all...}')],
])('routes are duplicate when %s', (_, routes) => {
  expect(codesOf(routes)).toEqual([`route-duplicate ${FIRST + 1}`])
})

test('of three routes alike each but the first is told once', () => {
  const routes = route('GET /{a}') + route('GET /{b}') + route('ANY /{c}')
  expect(codesOf(routes)).toEqual([`route-duplicate ${FIRST + 1}`, `route-duplicate ${FIRST + 2}`])
})

test('routes of different apis are held against each other', () => {
  const rest =
    '  more: { basePath: /orders, upstream: orders, access: authenticated, routes: { GET /: { scope: read } } }\n'
  const diagnostics = checkText(orderConfig({ rest }))
  expect(diagnostics.map(({ code }) => code)).toEqual(['route-duplicate'])
  expect(diagnostics[0]?.message).toContain('GET /orders')
})

test('a duplicate is shown by a request with a value that no path names', () => {
  const routes = route('GET /1') + route('GET /2') + route('GET /{a}') + route('GET /{b}')
  expect(checkText(orderConfig({ routes }))[0]?.message).toContain('such as GET /orders/3.')
})

test.each([
  ['one asks for a header, the other for a query value', '{ headers: { x-v: "1" } }', '{ query: { v: "1" } }'],
  ['one asks for more than the other', '{ headers: { x-v: "1" } }', '{ headers: { x-v: "1", x-w: "1" } }'],
  ['one asks for a host, the other for a header', '{ host: a.example.com }', '{ headers: { x-v: "1" } }'],
  ['both ask for the same', '{ host: a.example.com }', '{ host: a.example.com }'],
])('matches are ambiguous when %s', (_, first, second) => {
  const routes = route('GET /{a}', matching(first)) + route('GET /{b}', matching(second))
  expect(codesOf(routes)).toEqual([`route-ambiguous ${FIRST + 1}`])
})

test('the request that shows an ambiguity carries all that both ask for', () => {
  const routes =
    route('GET /{a}', matching('{ headers: { x-v: "1" }, host: a.example.com }')) +
    route('GET /{b}', matching('{ query: { "full text": "a&b" } }'))
  expect(checkText(orderConfig({ routes }))[0]?.message).toContain(
    'GET /orders/1?full%20text=a%26b with "x-v: 1" and "host: a.example.com"',
  )
})

test("an api's match holds for each of its routes", () => {
  const api = '    match: { headers: { x-v: "1" } }\n'
  const routes = route('GET /{a}') + route('GET /{b}', matching('{ query: { full: "1" } }'))
  expect(codesOf(routes, api)).toEqual([`route-ambiguous ${FIRST + 2}`])
})

test.each([
  ['a header', '{ headers: { x-v: "1" } }', '{ headers: { x-v: "2" } }'],
  ['a query value', '{ query: { v: "1" } }', '{ query: { v: "2" } }'],
  ['a host', '{ host: a.example.com }', '{ host: b.example.com }'],
])('an api and its route that disagree over %s match nothing', (_, ofApi, ofRoute) => {
  expect(codesOf(route('GET /', matching(ofRoute)), `    match: ${ofApi}\n`)).toEqual([`match-impossible ${FIRST + 1}`])
})

test('an api and its route may ask for the same thing', () => {
  const match = '{ headers: { x-v: "1" } }'
  expect(codesOf(route('GET /', matching(match)), `    match: ${match}\n`)).toEqual([])
})

test('two routes that each match nothing are not ambiguous besides', () => {
  const routes =
    route('GET /{a}', matching('{ host: b.example.com }')) + route('GET /{b}', matching('{ host: b.example.com }'))
  expect(codesOf(routes, '    match: { host: a.example.com }\n')).toEqual([
    `match-impossible ${FIRST + 1}`,
    `match-impossible ${FIRST + 2}`,
  ])
})

test.each([
  [
    'the path itself and all behind one more segment are taken',
    route('GET /') + route('GET /{a}/{b...}') + route('GET /{c...}'),
  ],
  [
    'each length is taken',
    route('GET /') + route('GET /{a}') + route('GET /{a}/{b}/{c...}') + route('GET /{d}/{e...}'),
  ],
])('a rest is never reached when %s', (_, routes) => {
  expect(codesOf(routes).map((text) => text.split(' ')[0])).toContain('route-unreachable')
})

test.each([
  ['nothing takes the path itself', route('GET /{a}/{b...}') + route('GET /{c...}')],
  ['only literals are taken', route('GET /') + route('GET /a/{b...}') + route('GET /{c...}')],
  ['longer paths are left', route('GET /') + route('GET /{a}') + route('GET /{a}/{b}') + route('GET /{c...}')],
])('a rest is reached when %s', (_, routes) => {
  expect(codesOf(routes)).toEqual([])
})

test('a route of an api that is not public needs a scope, one of a public api none', () => {
  expect(codesOf('      GET /: { scope: read }\n      POST /: {}\n')).toEqual([`route-without-scope ${FIRST + 1}`])
  const api = '    limits: { rate: 1/s, per: address }\n'
  expect(checkText(orderConfig({ access: 'public', api }))).toEqual([])
})

test('the header of a key cannot be matched on, in an api or in a route', () => {
  const match = '{ headers: { authorization: Basic } }'
  expect(codesOf(route('GET /'), `    match: ${match}\n`)).toEqual(['match-on-credential 16'])
  expect(codesOf(route('GET /', matching(match)))).toEqual([`match-on-credential ${FIRST}`])
})
