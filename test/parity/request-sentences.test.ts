import { describe, test } from 'vitest'
import type { AimedRequest } from './generate-requests.ts'
import { api, expectAnswers, OPEN, request, type Changes } from './sentence.ts'

describe('the path', () => {
  const paths = api(
    'paths',
    `basePath: /p\n${OPEN}`,
    'GET /: {}',
    'GET /a/{x}: {}',
    '"GET /a/{x}/c": {}',
    'GET /a/b: {}',
    '"POST /{rest...}": {}',
  )

  test('has one form, in which unreserved characters are decoded and escapes have large digits', () =>
    expectAnswers(paths + api('escaped', `basePath: /caf%C3%A9\n${OPEN}`, 'GET /: {}'), [
      [request('GET /%70/%61/b'), '200'],
      [request('GET /caf%c3%a9'), '200'],
      [request('GET /CAF%C3%A9'), '404 no-route'],
    ]))

  test.each([
    '/p/../p',
    '/p/%2e%2e/p',
    '/p/.',
    '//p',
    '/p//',
    '/p\\',
    '/p;v=1',
    '/p%2Fa',
    '/p%5c',
    '/p%00',
    '/p%25',
    '/p%zz',
    '/p%4',
    '/p\u00e9',
  ])('is refused when two servers could read it in two ways: %s', (path) =>
    expectAnswers(paths, [[request(`GET ${path}`), '400 malformed-request']]),
  )

  test('is compared literal before parameter before rest, going back when a branch has no end', () =>
    expectAnswers(paths, [
      [request('GET /p/a/b'), '200'],
      [request('GET /p/a/b/c'), '200'],
      [request('POST /p/a/b/d'), '200'],
      [request('GET /p/a/b/d'), '405 method-not-allowed: POST'],
      [request('POST /p/a/1'), '405 method-not-allowed: GET, HEAD'],
    ]))

  test('may end in one slash more, and a rest may be empty', () =>
    expectAnswers(paths, [
      [request('GET /p/'), '200'],
      [request('GET /p/a/1/'), '200'],
      [request('POST /p'), '405 method-not-allowed: GET, HEAD'],
      [request('POST /p/a'), '200'],
    ]))
})

describe('methods', () => {
  const methods = api(
    'methods',
    `basePath: /m\n${OPEN}`,
    'GET /get: {}',
    'ANY /any: {}',
    'HEAD /head: {}',
    'OPTIONS /options: {}',
  )

  test('HEAD runs the route of GET, and ANY is six methods', () =>
    expectAnswers(methods, [
      [request('HEAD /m/get'), '200'],
      [request('GET /m/head'), '405 method-not-allowed: HEAD'],
      [request('HEAD /m/any'), '200'],
      [request('DELETE /m/any'), '200'],
      [request('OPTIONS /m/any'), '405 method-not-allowed: DELETE, GET, HEAD, PATCH, POST, PUT'],
      [request('OPTIONS /m/options'), '200'],
    ]))

  test.each(['TRACE', 'CONNECT', 'FOO', 'get'])('%s is not implemented', (method) =>
    expectAnswers(methods, [[request(`${method} /m/get`), '501 method-not-implemented']]),
  )
})

describe('match', () => {
  const routes = ['GET /x: {}']
  const first = api('first', `basePath: /v\n${OPEN}\nmatch: { headers: { x-v: "1" } }`, ...routes)
  const second = api('second', `basePath: /v\n${OPEN}\nmatch: { headers: { x-v: "2" } }`, 'POST /x: {}')
  const host = api('host', `basePath: /h\n${OPEN}\nmatch: { host: a.example.test }`, ...routes)
  const query = api('query', `basePath: /q\n${OPEN}\nmatch: { query: { v: "a b" } }`, ...routes)

  test('decides among the routes of one path, and Allow names those that hold', () =>
    expectAnswers(first + second, [
      [request('GET /v/x', { headers: { 'x-v': '1' } }), '200'],
      [request('GET /v/x', { headers: { 'x-v': '2' } }), '405 method-not-allowed: POST'],
      [request('GET /v/x', { headers: { 'x-v': '1, 2' } }), '404 no-route'],
      [request('GET /v/x'), '404 no-route'],
    ]))

  test('reads the host without its port and the query decoded, each time that a name comes', () =>
    expectAnswers(host + query, [
      [request('GET /h/x', { headers: { host: 'A.Example.TEST:8080' } }), '200'],
      [request('GET /h/x'), '404 no-route'],
      [request('GET /q/x?v=a+b&v=a%20b'), '200'],
      [request('GET /q/x?v=a+b&v=c'), '404 no-route'],
    ]))
})

describe('lifecycle', () => {
  const draft = api(
    'draft',
    `basePath: /l\nlifecycle: draft\n${OPEN}\nmatch: { headers: { x-preview: "1" } }`,
    'GET /: {}',
    'PUT /: {}',
  )
  const published = api('published', `basePath: /l\n${OPEN}`, 'GET /: {}', 'POST /: {}')
  const closed =
    api('paused', `basePath: /paused\nlifecycle: paused\n${OPEN}`, 'GET /: {}') +
    api('retired', `basePath: /retired\nlifecycle: retired\n${OPEN}`, 'GET /: {}')

  test('a draft is not there, and no other route takes its place', () =>
    expectAnswers(draft + published, [
      [request('GET /l'), '200'],
      [request('GET /l', { headers: { 'x-preview': '1' } }), '404 no-route'],
      [request('PUT /l', { headers: { 'x-preview': '1' } }), '404 no-route'],
      [request('DELETE /l', { headers: { 'x-preview': '1' } }), '405 method-not-allowed: POST'],
      [request('PUT /l', { headers: { 'x-preview': '1', 'transfer-encoding': 'chunked' } }), '404 no-route'],
    ]))

  test('what is paused or retired says so, whoever asks', () =>
    expectAnswers(closed, [
      [request('GET /paused'), '503 paused'],
      [request('GET /retired'), '410 retired'],
    ]))
})

describe('a preflight', () => {
  const cors = (origin: string): string => `\ncors: { origins: ["https://${origin}.example.test"] }`
  const ask = (origin: string, host: string): AimedRequest =>
    request('OPTIONS /c/x', { headers: { host, origin, 'access-control-request-method': 'GET' } })
  const a = api('first', `basePath: /c\n${OPEN}\nmatch: { host: a.example.test }${cors('a')}`, 'GET /x: {}')
  const b = api('second', `basePath: /c\n${OPEN}\nmatch: { host: b.example.test }${cors('b')}`, 'GET /x: {}')
  const closed = api('closed', `basePath: /c\n${OPEN}\nlifecycle: paused${cors('c')}`, 'GET /x: {}')

  test('is answered by the api of its host, in front of which stands only its lifecycle', () =>
    expectAnswers(a + b + closed, [
      [ask('https://a.example.test', 'a.example.test'), '204'],
      [ask('https://b.example.test', 'b.example.test'), '204'],
      [ask('https://a.example.test', 'b.example.test'), '403 condition-failed'],
      [ask('null', 'a.example.test'), '403 condition-failed'],
      [ask('https://c.example.test', 'c.example.test'), '503 paused'],
    ]))
})

describe('a body', () => {
  const bodies = api(
    'bodies',
    `basePath: /b\n${OPEN}\nrequests: { body: 5KB }`,
    'POST /: {}',
    'DELETE /: {}',
    'PUT /small: { requests: { body: 100B } }',
  )
  const length = (bytes: number): Changes => ({ headers: { 'content-length': String(bytes) } })

  test('is held against the bound of its route, else of its api, else of the gateway', () =>
    expectAnswers(bodies, [
      [request('POST /b', length(5000)), '200'],
      [request('POST /b', length(5001)), '413 body-too-large'],
      [request('PUT /b/small', length(101)), '413 body-too-large'],
      [request('PATCH /b', length(6000)), '405 method-not-allowed: DELETE, POST'],
      [request('POST /nowhere', length(1_000_001)), '413 body-too-large'],
    ]))

  test('is refused where it means nothing, and when its length is not told', () =>
    expectAnswers(bodies, [
      [request('DELETE /b', length(1)), '400 malformed-request'],
      [request('POST /b', { headers: { 'transfer-encoding': 'chunked' } }), '411 length-required'],
      [request('PATCH /b', { headers: { 'transfer-encoding': 'chunked' } }), '405 method-not-allowed: DELETE, POST'],
      [request('POST /b', { headers: { 'transfer-encoding': 'gzip' } }), '501 coding-not-implemented'],
    ]))
})
