import { beforeAll, describe, expect, test } from 'vitest'
import { parameterOf } from '../../runtime/exchange.ts'
import { upstreamPath } from '../../runtime/request-lines.ts'
import { createDecider, type Decide } from '../support/decider.ts'

/** Every way in which paths can share a beginning. */
const CONFIG = `version: 1
gateway: { name: paths, listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
      GET /a: {}
      GET /a/b: {}
      GET /a/{x}: {}
      GET /a/b/c/d: {}
      GET /a/{x}/c/e: {}
      GET /{y}/b/c/f: {}
      GET /{y}/{z}/c/g/h: {}
      GET /files/{rest...}: {}
      GET /files/own: {}
      GET /files/own/{x}/deep: {}
      GET /{y}/only: {}
      GET /moved/{x}/{y}: { forward: { path: "/to/{y}/and/{x}" } }
      GET /below/{rest...}: { forward: { path: "/there/{rest}" } }
      GET /both/{x}/{rest...}: { forward: { path: "/{x}/then/{rest}" } }
      GET /esc%C3%A9/a:b@c: {}
      GET /constructor: {}
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

/** The template that a path is matched to, and the values of its parameters. */
function matched(url: string): string {
  const exchange = decide({ url })
  if (exchange.route === null) return exchange.refusal?.code ?? ''
  const { path } = exchange.route.row
  const values = Array.from({ length: exchange.parameters.length / 2 }, (_, i) => parameterOf(exchange, i))
  return [path, ...values].join(' ')
}

describe('which path is found', () => {
  test.each([
    ['the root', '/', '/'],
    ['a literal', '/a', '/a'],
    ['a literal before a parameter', '/a/b', '/a/b'],
    ['a parameter', '/a/c', '/a/{x} c'],
    ['a literal that only begins alike', '/a/bb', '/a/{x} bb'],
    ['the literal branch to its end', '/a/b/c/d', '/a/b/c/d'],
    ['back to a parameter when the literal branch has no end', '/a/b/c/e', '/a/{x}/c/e b'],
    ['back twice', '/a/b/c/f', '/{y}/b/c/f a'],
    ['back to the first segment', '/a/b/c/g/h', '/{y}/{z}/c/g/h a b'],
    ['back from a literal to a parameter before it', '/a/only', '/a/{x} only'],
    ['a parameter of the first segment', '/b/only', '/{y}/only b'],
    ['an end before a rest', '/files/own', '/files/own'],
    ['a rest', '/files/other', '/files/{rest...} other'],
    ['a rest of several segments', '/files/a/b/c', '/files/{rest...} a/b/c'],
    ['a rest when a longer branch has no end', '/files/own/x', '/files/{rest...} own/x'],
    ['a rest when a longer branch goes on', '/files/own/x/deep/er', '/files/{rest...} own/x/deep/er'],
    ['the longer branch', '/files/own/x/deep', '/files/own/{x}/deep x'],
    ['an empty rest', '/files', '/files/{rest...} '],
    ['an empty rest behind a slash', '/files/', '/files/{rest...} '],
    ['a path in its one form', '/%61/%62', '/a/b'],
    ['a literal with an escape', '/esc%c3%a9/a:b@c', '/esc%C3%A9/a:b@c'],
    ['a name that objects have', '/constructor', '/constructor'],
  ])('%s', (_, url, expected) => {
    expect(matched(url)).toBe(expected)
  })

  test.each(['/A', '/a/b/c', '/a/b/c/d/e', '/b', '/__proto__', '/toString', '/moved', '/moved/x', '/file', '/filesx'])(
    '%s is no path',
    (url) => {
      expect(matched(url)).toBe('no-route')
    },
  )

  test('one trailing slash makes no difference', () => {
    for (const url of ['/a', '/a/b', '/a/c', '/a/b/c/e', '/files/own']) expect(matched(`${url}/`)).toBe(matched(url))
  })

  test('a path that is not found leaves no parameters of the branches that were tried', () => {
    expect(decide({ url: '/a/b/c/x' }).parameters).toEqual([])
  })

  test('a path of very many segments is found out in a moment', () => {
    const began = performance.now()
    expect(matched('/a/b/c'.repeat(1300))).toBe('no-route')
    expect(performance.now() - began).toBeLessThan(50)
  })
})

describe('the path that the upstream gets', () => {
  test.each([
    ['the whole path', '/a/c', '/a/c'],
    ['a trailing slash as it was written', '/a/c/', '/a/c/'],
    ['a path in its one form', '/%61/%c3%b8', '/a/%C3%B8'],
    ['the query byte for byte', '/a?b=%2e&&c=%zz', '/a?b=%2e&&c=%zz'],
    ['parameters where they are named', '/moved/1/2', '/to/2/and/1'],
    ['parameters without a trailing slash', '/moved/1/2/', '/to/2/and/1'],
    ['parameters with their escapes', '/moved/%C3%B8/a:b', '/to/a:b/and/%C3%B8'],
    ['a rest as it is', '/below/a/b%C3%B8/', '/there/a/b%C3%B8/'],
    ['an empty rest', '/below', '/there/'],
    ['an empty rest behind a slash', '/below/', '/there/'],
    ['a parameter and a rest', '/both/1/2/3', '/1/then/2/3'],
    ['a parameter and an empty rest', '/both/1', '/1/then/'],
    ['the query behind another path', '/moved/1/2?q', '/to/2/and/1?q'],
    ['a name that would be a template', '/moved/{y}/{x}', '/to/{x}/and/{y}'],
  ])('%s', (_, url, expected) => {
    expect(upstreamPath(decide({ url }))).toBe(expected)
  })
})
