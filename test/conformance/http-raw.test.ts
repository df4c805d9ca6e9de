import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { group } from '../support/group.ts'
import { SHARED_FOLDER } from '../support/needs.ts'
import type { TestGateway } from '../support/running-gateway.ts'
import { startOpenGateway } from './support/conformance-gateway.ts'
import { sendRaw, type RawResult } from './support/raw-client.ts'
import { readRequests, type Message } from './support/read-http.ts'
import { startRecordingUpstream, targetOf, type RecordingUpstream } from './support/recording-upstream.ts'

/** One of the shared requests; its readme says what the fields mean. */
interface RawCase {
  readonly name: string
  readonly family: string
  readonly raw_base64: string
  readonly expect: 'accept' | 'reject' | 'either'
  readonly oracle: { readonly n_complete: number }
  readonly must_not?: readonly string[]
}

/** What is good HTTP and refused nevertheless: the status, and why. */
const REFUSED: Readonly<Record<string, readonly [status: number, why: string]>> = {
  'gunicorn/valid/001': [505, 'the engine speaks HTTP/1.1 alone'],
  'gunicorn/valid/020': [505, 'the engine speaks HTTP/1.1 alone'],
  'gunicorn/valid/011 +host': [411, 'chunks are taken only where a body is read whole'],
}

/** What must be refused and is served, because the engine shows something else, and what the upstream gets then. */
const SERVED: Readonly<Record<string, string>> = {
  // A length behind a byte above ASCII, which the engine takes for a blank: nobody can see it, and it is not forwarded.
  'portswigger/CL/CL-nbsp': 'POST /cl',
}

const AT_ONCE = 16
const QUIET_MS = 150
const WAIT_MS = 1200

interface Played {
  readonly given: RawCase
  readonly result: RawResult
  /** Of answers that are not interim. */
  readonly statuses: readonly number[]
}

group('raw requests of other projects', () => {
  let upstream: RecordingUpstream
  let gateway: TestGateway
  let played: readonly Played[]

  beforeAll(async () => {
    upstream = await startRecordingUpstream()
    gateway = await startOpenGateway(upstream.url)
    played = await playAll(gateway.port)
  }, 60_000)
  afterAll(async () => {
    await gateway.stop()
    await upstream.close()
  })

  test('none that must be refused is served', () => {
    const served = played
      .filter(({ given }) => given.expect === 'reject')
      .filter(({ given, statuses }) => successes(statuses) > given.oracle.n_complete)
    expect(served.map(({ given }) => given.name)).toEqual(Object.keys(SERVED))
    expect(served.map(({ statuses }) => statuses)).toEqual(served.map(() => [200]))
    for (const target of Object.values(SERVED)) expect(upstream.targets()).toContain(target)
  })

  test('none is served more often than it holds requests', () => {
    const served = played
      .filter(({ given }) => given.expect === 'either')
      .filter(({ given, statuses }) => successes(statuses) > Math.max(given.oracle.n_complete, 1))
    expect(served.map(({ given, statuses }) => [given.name, statuses])).toEqual([])
  })

  test('those that are good HTTP are served, but for a few that are refused for a reason', () => {
    const refused = played
      .filter(({ given }) => given.expect === 'accept')
      .filter(({ given, statuses }) => successes(statuses) !== given.oracle.n_complete)
    expect(Object.fromEntries(refused.map(({ given, statuses }) => [given.name, statuses]))).toEqual(
      Object.fromEntries(Object.entries(REFUSED).map(([name, [status]]) => [name, [status]])),
    )
  })

  test('all that reaches the upstream is whole requests, each with one field at most that says where it ends', () => {
    for (const { pieces } of upstream.connections) {
      const { messages, rest } = readRequests(Buffer.concat(pieces))
      expect(rest.toString('latin1')).toBe('')
      expect(messages.every(({ complete }) => complete)).toBe(true)
    }
  })

  test('nothing that a case hides reaches the upstream', () => {
    const requests = upstream.requests()
    expect(requests.map(targetOf).filter((target) => target.includes('/smuggled'))).toEqual([])
    expect(requests.flatMap(disguised)).toEqual([])
    const answers = played.filter(({ result }) => result.text.includes('/smuggled'))
    expect(answers.map(({ given }) => given.name)).toEqual([])
  })

  test('the gateway serves on', async () => {
    expect(gateway.told).toEqual([])
    expect(await gateway.metric('keysmith_bugs_total')).toBe(0)
    const result = await sendRaw(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { waitMs: QUIET_MS })
    expect(statusesOf(result.text)).toEqual([200])
  })
})

async function playAll(port: number): Promise<readonly Played[]> {
  // Safe: the shared folder's readme says that it has this shape.
  const cases = JSON.parse(readFileSync(join(SHARED_FOLDER, 'data/http-raw/cases.json'), 'utf8')) as readonly RawCase[]
  const played: Played[] = []
  const waiting = [...cases]
  const play = async (): Promise<void> => {
    for (let given = waiting.shift(); given !== undefined; given = waiting.shift()) {
      const bytes = Buffer.from(given.raw_base64, 'base64')
      const result = await sendRaw(port, bytes, {
        until: (text) => statusesOf(text).length > 0,
        watchMs: QUIET_MS,
        waitMs: WAIT_MS,
      })
      played.push({ given, result, statuses: statusesOf(result.text) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, play))
  expect(played).toHaveLength(cases.length)
  return played
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.[01] ([0-9]{3})/g)]
    .map(([, status]) => Number(status))
    .filter((status) => status >= 200)
}

function successes(statuses: readonly number[]): number {
  return statuses.filter((status) => status < 400).length
}

/** Names that some server might read as one that says where a request ends. */
function disguised({ fields }: Message): string[] {
  const plain = (name: string): string =>
    decodeURIComponent(name)
      .toLowerCase()
      .replace(/[^a-z]/g, '')
  return fields
    .map(([name]) => name)
    .filter((name) => name !== 'content-length' && /^(transferencoding|contentlength)$/.test(plain(name)))
}
