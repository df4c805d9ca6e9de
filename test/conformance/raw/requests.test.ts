import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { group } from '../../support/group.ts'
import type { TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { startRecordingUpstream, type RecordingUpstream } from '../support/recording-upstream.ts'
import { judgeRequests, type Judgement } from './judge-requests.ts'
import { OWN_ACCEPTED, OWN_CHUNKS, OWN_REFUSED } from './own-cases.ts'
import { asJson, sharedCases } from './raw-case.ts'

interface Side {
  readonly upstream: RecordingUpstream
  readonly gateway: TestGateway
}

/** The engine lets go of a head that never ends after some 12 s. */
const TIMEOUT_MS = 40_000

/** On a route without `body`, what may be refused though it is well-formed: its status and why. */
const MAY_BE_REFUSED = {
  'gunicorn/valid/001': [505, 'HTTP/1.0 is not spoken'],
  'gunicorn/valid/020': [505, 'HTTP/1.0 is not spoken'],
  'gunicorn/valid/011 +host': [411, 'chunks are taken where a route has a body schema'],
} as const

/** What the engine makes of some bytes cannot be seen. It is served once, framed anew, and nothing behind it is. */
const TAKEN_BY_THE_ENGINE = {
  streaming: {
    'portswigger/CL/CL-nbsp': 'the engine cuts bytes above ASCII off both ends of a value',
  },
  reading: {
    'portswigger/EXT.TERM/cr, as JSON': 'the engine takes any byte for the LF behind a size',
    'portswigger/EXT.TERM/crX, as JSON': 'the same',
    'portswigger/EXT.TERM/crcr, as JSON': 'the same',
  },
} as const

/** Streams every body. */
let streaming: Side
/** Reads every body whole before it forwards it. */
let reading: Side
beforeAll(async () => {
  streaming = await startSide('ANY /{rest...}: {}')
  reading = await startSide('ANY /{rest...}: { body: ./any.schema.json }')
})
afterAll(async () => {
  for (const { gateway, upstream } of [streaming, reading]) {
    await gateway.stop()
    await upstream.close()
  }
})

async function startSide(routes: string): Promise<Side> {
  const upstream = await startRecordingUpstream()
  const gateway = await startOpenGateway(upstream.url, { routes }, { files: { 'any.schema.json': '{}' } })
  return { upstream, gateway }
}

function judge(side: Side, cases: Parameters<typeof judgeRequests>[2]): Promise<readonly Judgement[]> {
  return judgeRequests(side.gateway.port, side.upstream, cases)
}

function faultsIn(judgements: readonly Judgement[]): string[] {
  return judgements.flatMap(({ name, statuses, faults }) =>
    faults.map((fault) => `${name} [${statuses.join()}]: ${fault}`),
  )
}

function takenIn(judgements: readonly Judgement[]): string[] {
  return judgements.filter(({ isTaken }) => isTaken).map(({ name }) => name)
}

function refusedIn(judgements: readonly Judgement[]): (readonly [name: string, status: number])[] {
  return judgements.filter(({ isRefused }) => isRefused).map(({ name, statuses }) => [name, statuses[0] ?? 0])
}

describe('what could be read in two ways is refused, and nothing behind it is run', () => {
  test.each(['streaming', 'reading'] as const)('on a route that is %s its bodies', async (kind) => {
    const judgements = await judge(kind === 'streaming' ? streaming : reading, OWN_REFUSED)
    expect(faultsIn(judgements)).toEqual([])
    expect(takenIn(judgements)).toEqual([])
  })

  test('chunks in any form are refused where no body is read whole', async () => {
    const judgements = await judge(streaming, OWN_CHUNKS)
    expect(faultsIn(judgements)).toEqual([])
    expect(takenIn(judgements)).toEqual([])
  })

  test('where it is, what the engine takes for a body is the last thing that is read of its connection', async () => {
    const judgements = await judge(reading, OWN_CHUNKS)
    expect(faultsIn(judgements)).toEqual([])
    expect(takenIn(judgements)).toEqual([])
  })
})

test.each(['streaming', 'reading'] as const)('what is clear is served as it was sent (%s)', async (kind) => {
  const judgements = await judge(kind === 'streaming' ? streaming : reading, OWN_ACCEPTED)
  expect(faultsIn(judgements)).toEqual([])
  expect(refusedIn(judgements)).toEqual([])
})

group('raw requests of other projects', () => {
  let streamed: readonly Judgement[]
  let read: readonly Judgement[]
  beforeAll(async () => {
    const cases = sharedCases()
    // At one time: all wait for the same timer of the engine.
    const judged = await Promise.all([judge(streaming, cases), judge(reading, [...cases, ...cases.map(asJson)])])
    ;[streamed, read] = judged
  }, TIMEOUT_MS)

  test('nothing is served that must be refused, and nothing reaches the upstream that was not sent', () => {
    expect(streamed.length).toBeGreaterThan(100)
    expect(faultsIn(streamed)).toEqual([])
    expect(takenIn(streamed)).toEqual(Object.keys(TAKEN_BY_THE_ENGINE.streaming))
  })

  test('nor where bodies are read whole, whatever type they say they have', () => {
    expect(read.length).toBe(2 * streamed.length)
    expect(faultsIn(read)).toEqual([])
    expect(takenIn(read)).toEqual(Object.keys(TAKEN_BY_THE_ENGINE.reading))
  })

  test('what is well-formed is served, but for a few that are refused for a reason', () => {
    const allowed = Object.entries(MAY_BE_REFUSED).map(([name, [status]]) => [name, status])
    expect(refusedIn(streamed).toSorted()).toEqual(allowed.toSorted())
  })
})
