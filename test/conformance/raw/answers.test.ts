import { describe, expect, onTestFinished, test } from 'vitest'
import { group } from '../../support/group.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { BROKEN_ANSWERS, CUT_ANSWERS, sharedAnswers, WHOLE_ANSWERS, type AnswerCase } from './answer-case.ts'
import {
  behindAnswer,
  judgeAnswers,
  startHostileUpstream,
  withinAnswer,
  type Asking,
  type JudgedAnswer,
} from './judge-answers.ts'

const TIMEOUT_MS = 60_000

/** What another reader refuses, and the gateway need not: its answer, and why. */
const READ_OTHERWISE = {
  'llhttp-resp/connection/HTTP/1.1 with keep-alive disabled, content-length':
    'what follows a closing answer is dropped',
} as const

async function judgeAll(cases: readonly AnswerCase[], asking: Asking): Promise<readonly JudgedAnswer[]> {
  const upstream = await startHostileUpstream(cases)
  const gateway = await startOpenGateway(upstream.url)
  onTestFinished(async () => {
    await gateway.stop()
    await upstream.close()
  })
  const judged = await judgeAnswers(gateway.port, cases, asking)
  expect(await gateway.metric('http_server_active_requests')).toBe(0)
  return judged
}

function faultsIn(judged: readonly JudgedAnswer[]): string[] {
  return judged.filter(({ fault }) => fault !== '').map(({ name, splitAt, fault }) => `${name} at ${splitAt}: ${fault}`)
}

/** "502 whole" */
function endOf({ outcome }: JudgedAnswer): string {
  return 'status' in outcome ? `${outcome.status} ${outcome.kind}` : outcome.kind
}

/** The cases of which not every split ended in one of the ways allowed. */
function othersThan(judged: readonly JudgedAnswer[], isAllowed: (end: string) => boolean): string[] {
  return judged.filter((one) => !isAllowed(endOf(one))).map((one) => `${one.name} at ${one.splitAt}: ${endOf(one)}`)
}

describe('an answer of an upstream, whole and split at every byte', { timeout: TIMEOUT_MS }, () => {
  test('is a 502 when it could be read in two ways', async () => {
    const judged = await judgeAll(BROKEN_ANSWERS, { splitsOf: withinAnswer })
    expect(faultsIn(judged)).toEqual([])
    expect(othersThan(judged, (end) => end === '502 whole')).toEqual([])
  })

  test('is a 502 or ends early when its body is not what its head says', async () => {
    const judged = await judgeAll(CUT_ANSWERS, { splitsOf: withinAnswer })
    expect(faultsIn(judged)).toEqual([])
    expect(othersThan(judged, (end) => end === '502 whole' || end.endsWith(' cut'))).toEqual([])
  })

  test("is handed on when it is clear, and what follows it is nobody's answer", async () => {
    const judged = await judgeAll(WHOLE_ANSWERS, { splitsOf: withinAnswer })
    expect(faultsIn(judged)).toEqual([])
    expect(othersThan(judged, (end) => /^(200|204|304) whole$/.test(end))).toEqual([])
    const bodies = judged.map(({ outcome }) => (outcome.kind === 'whole' ? outcome.answer.body.toString() : null))
    expect(new Set(bodies)).toEqual(new Set(['ok', '']))
  })

  test('ends its connection when more comes behind it', async () => {
    const judged = await judgeAll(WHOLE_ANSWERS, { splitsOf: behindAnswer, isCalm: true })
    expect(judged.length).toBeGreaterThan(6)
    expect(faultsIn(judged)).toEqual([])
    expect(othersThan(judged, (end) => /^(200|204|304) whole$/.test(end))).toEqual([])
  })
})

group('raw answers of other projects', () => {
  test(
    'each is a 502 or a well-framed answer, and the next request gets its own',
    { timeout: TIMEOUT_MS },
    async () => {
      const cases = sharedAnswers()
      expect(cases.length).toBeGreaterThan(25)
      const judged = [
        ...(await judgeAll(cases, { splitsOf: withinAnswer })),
        ...(await judgeAll(cases, { splitsOf: behindAnswer, isCalm: true })),
      ]
      expect(faultsIn(judged)).toEqual([])
      const unclear = new Set(cases.filter(({ isClear }) => !isClear).map(({ name }) => name))
      const handedOn = judged.filter((one) => unclear.has(one.name) && !/^502 whole$| cut$/.test(endOf(one)))
      expect([...new Set(handedOn.map(({ name }) => name))]).toEqual(Object.keys(READ_OTHERWISE))
    },
  )
})
