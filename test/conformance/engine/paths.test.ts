import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw } from '../support/raw-client.ts'
import { startRecordingUpstream, type RecordingUpstream } from '../support/recording-upstream.ts'

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream()
  gateway = await startOpenGateway(upstream.url)
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

const get = (target: string | Buffer): Promise<{ readonly text: string; readonly ended: string }> =>
  sendRaw(
    gateway.port,
    Buffer.concat([Buffer.from('GET '), Buffer.from(target), Buffer.from(' HTTP/1.1\r\nHost: a\r\n\r\n')]),
    { until: answered(1) },
  )

describe('row 21: a path that two servers could read in two ways is refused', () => {
  test.each([
    '/..',
    '/.',
    '/a/../b',
    '/a/./b',
    '/a/..',
    '/a/.',
    '//a',
    '/a//b',
    '/a//',
    '/%2e%2e/a',
    '/%2E/a',
    '/a/.%2e',
    '/a/%2e./b',
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a\\b',
    '/a%00b',
    '/a%25b',
    '/a%252e',
    '/%zz',
    '/%4',
    '/a%',
    '/a;v=1/b',
    '/a#b',
    '/a?b#c',
    '/caf\u00e9',
    '/a?b=\u00e9',
  ])('%s', async (target) => {
    const result = await get(target)
    expect(result.text).toMatch(/^HTTP\/1\.1 400 /)
    expect(result.text).toContain('"code":"malformed-request"')
    expect(upstream.targets()).toEqual([])
  })

  test.each(['/a\x7fb', '/a\x01b', '/caf\xe9', '/a?b\x7f'])('%j, as bytes', async (target) => {
    const result = await get(Buffer.from(target, 'latin1'))
    expect(result.text).toMatch(/^HTTP\/1\.1 (400|505) /)
    expect(upstream.targets()).toEqual([])
  })

  test.each(['http://evil/a', 'a', '*', '', 'evil:443'])('"%s" is no path, and the engine says so', async (target) => {
    const result = await get(target)
    expect(result.text).toMatch(/^HTTP\/1\.1 (400|505) /)
    expect(result.ended).not.toBe('open')
    expect(upstream.targets()).toEqual([])
  })

  test.each([
    ['/', '/'],
    ['/%61%7E%5f', '/a~_'],
    ['/%c3%a9', '/%C3%A9'],
    ['/a/...', '/a/...'],
    ['/a/..b/.c', '/a/..b/.c'],
    ['/a%20b', '/a%20b'],
    ['/a/', '/a/'],
    ['/a?', '/a?'],
    ['/a?x=%zz&y=%2e%2e//../\\;%00', '/a?x=%zz&y=%2e%2e//../\\;%00'],
    ['/a?b?c', '/a?b?c'],
    ["/a!$&'()*+,=:@-._~", "/a!$&'()*+,=:@-._~"],
  ])('%s goes on as %s', async (target, forwarded) => {
    const result = await get(target)
    expect(result.text).toMatch(/^HTTP\/1\.1 200 /)
    expect(upstream.targets()).toEqual([`GET ${forwarded}`])
  })
})
