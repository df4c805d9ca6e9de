import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn } from '../support/raw-client.ts'
import { startRecordingUpstream, type RecordingUpstream } from '../support/recording-upstream.ts'

/** Of the gateway's configuration: what it takes at most. */
const URL_BYTES_MAX = 8_000
const HEADERS_BYTES_MAX = 16_000

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

describe('row 1: a request is the same, however it comes apart', () => {
  const request =
    'POST /abc?x=1 HTTP/1.1\r\nHost: example.com\r\nX-Long-Header: value one\r\nContent-Length: 3\r\n\r\nabc'

  test('split in two at every byte, it is answered 200', async () => {
    const splits = Array.from({ length: request.length - 1 }, (_, i) => i + 1)
    const results = await Promise.all(
      splits.map((at) =>
        sendRaw(gateway.port, [request.slice(0, at), request.slice(at)], { gapMs: 10, until: answered(1) }),
      ),
    )
    expect(splits.filter((_, i) => statusesIn(results[i] ?? fail()).join() !== '200')).toEqual([])
  })

  test('byte by byte, it is answered 200, and the upstream gets it whole', async () => {
    upstream.forget()
    const result = await sendRaw(gateway.port, [...request], { gapMs: 1, until: answered(1) })
    expect(statusesIn(result)).toEqual([200])
    expect(upstream.requests().map(({ body }) => body.toString())).toEqual(['abc'])
  })
})

describe('row 20: heads as large as the configuration allows', () => {
  const head = (url: string, headers: string): string => `GET ${url} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`

  test('a URL of 8 KB passes, in one segment and in several', async () => {
    const url = `/${'u'.repeat(URL_BYTES_MAX - 2)}`
    const request = head(url, '')
    const inOne = await sendRaw(gateway.port, request, { until: answered(1) })
    const inFour = await sendRaw(gateway.port, partsOf(request, 2000), { until: answered(1) })
    expect([inOne, inFour].map((result) => statusesIn(result))).toEqual([[200], [200]])
  })

  test('headers of 9 KB pass, whole and split, and all of them are forwarded', async () => {
    upstream.forget()
    const headers = Array.from({ length: 90 }, (_, i) => `x-${i}: ${'v'.repeat(94)}\r\n`).join('')
    const request = head('/headers', headers)
    const whole = await sendRaw(gateway.port, request, { until: answered(1) })
    const split = await sendRaw(gateway.port, partsOf(request, 1448), { until: answered(1) })
    expect([whole, split].map((result) => statusesIn(result))).toEqual([[200], [200]])
    const forwarded = upstream.requests().map(({ fields }) => fields.filter(([name]) => /^x-[0-9]+$/.test(name)).length)
    expect(forwarded).toEqual([90, 90])
  })

  test('a URL and headers at their bounds pass together', async () => {
    const url = `/${'u'.repeat(URL_BYTES_MAX - 2)}`
    const result = await sendRaw(gateway.port, head(url, `x: ${'v'.repeat(HEADERS_BYTES_MAX - 200)}\r\n`), {
      until: answered(1),
    })
    expect(statusesIn(result)).toEqual([200])
  })

  test('what is larger is 414 or 431, and the connection closes', async () => {
    const longUrl = await sendRaw(gateway.port, head(`/${'u'.repeat(URL_BYTES_MAX)}`, ''))
    const longHeader = await sendRaw(gateway.port, head('/', `x: ${'v'.repeat(HEADERS_BYTES_MAX)}\r\n`))
    expect([longUrl, longHeader].map((result) => [result.text.slice(9, 12), result.ended])).toEqual([
      ['414', 'end'],
      ['431', 'end'],
    ])
  })

  test('a head beyond what the engine reads is 431, and the connection closes', async () => {
    const result = await sendRaw(gateway.port, head('/', `x: ${'v'.repeat(40_000)}\r\n`))
    expect(result.text).toMatch(/^HTTP\/1\.1 431 /)
    expect(result.ended).not.toBe('open')
  })
})

function partsOf(text: string, bytes: number): string[] {
  return Array.from({ length: Math.ceil(text.length / bytes) }, (_, i) => text.slice(i * bytes, (i + 1) * bytes))
}

function fail(): never {
  throw new Error('there is no such result')
}
