import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { UpstreamClient } from '../../../runtime/upstream/types.ts'
import { group } from '../../support/group.ts'
import { SHARED_FOLDER } from '../../support/needs.ts'
import { ask, createBench, settle, until, type Asked, type Bench } from './ask.ts'
import { splits } from './reading.ts'

interface RawAnswer {
  readonly name: string
  readonly raw: Buffer
}

const NEXT_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext'
/** Longer than any deadline. */
const LONG_MS = 60_000

/** Cases of our own, so that the families are always tried. What each of them is, read-answer.test.ts says. */
const OWN: readonly RawAnswer[] = [
  ['a whole answer', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['chunks and trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n'],
  ['two answers', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb'],
  ['a 304 and an answer', 'HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb'],
  ['no length and no end', 'HTTP/1.1 200 OK\r\n\r\nhello'],
  ['an unfinished head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['an unfinished chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello'],
  ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['interim answers and nothing', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nbytes'],
].map(([name = '', raw = '']) => ({ name, raw: Buffer.from(raw, 'latin1') }))

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

interface Trial {
  readonly client: UpstreamClient
  readonly asked: Asked
}

/** What became of a request: a fault, or the answer that it got. */
function verdict({ told }: Asked): string {
  return told.fault === null ? `${told.head?.status} ${told.body}` : `fault ${told.fault}`
}

/**
 * Sends an answer in each of the ways that it can be cut, to a client of its own each time, then one more request by the same client.
 *
 * @returns What became of each of both.
 */
async function replay(answers: readonly (readonly Buffer[])[], ends: boolean): Promise<[string, string][]> {
  let sent = 0
  const server = await bench.serve({
    onRequest: async (connection, { head }) => {
      const position = /^GET \/([0-9]+) /.exec(head)?.[1]
      if (position === undefined) return connection.send(NEXT_ANSWER)
      for (const piece of answers[Number(position)] ?? []) {
        connection.socket.write(piece)
        // The client, in the same loop, reads it before the next one is written.
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (ends) connection.socket.end()
      sent++
    },
  })
  const trials = answers.map((_, i): Trial => {
    const client = bench.connect(server.url, { connections: 1 })
    return { client, asked: ask(client, { path: `/${i}` }) }
  })
  await until(() => sent === answers.length)
  await settle(10)
  const isOver = ({ asked }: Trial): boolean => asked.told.fault !== null || /last$/.test(asked.told.log.at(-1) ?? '')
  const early = new Map(trials.filter(isOver).map((trial) => [trial, ask(trial.client, { path: '/next' })]))
  await Promise.all([...early.values()].map(({ told }) => told.end))
  bench.pass(LONG_MS)
  expect(trials.filter((trial) => !isOver(trial))).toEqual([])
  const late = new Map(trials.map((trial) => [trial, early.get(trial) ?? ask(trial.client, { path: '/next' })]))
  await Promise.all([...late.values()].map(({ told }) => told.end))
  return [...late].map(([trial, next]) => [verdict(trial.asked), verdict(next)])
}

async function expectHarmless({ raw }: RawAnswer, ends: boolean): Promise<string> {
  const [whole, ...cut] = await replay(ends ? [[raw]] : [[raw], ...splits(raw)], ends)
  const [answer] = whole ?? []
  // However it is cut, it is the same to the caller, and nothing of it reaches the next one.
  const others = [whole, ...cut].filter((both) => both?.[0] !== answer || both?.[1] !== '200 next')
  expect(others).toEqual([])
  return answer ?? ''
}

describe('raw answers of our own', () => {
  test.each(OWN)('$name: whole or a fault, and nothing for the next request', async (answer) => {
    await expectHarmless(answer, false)
    await expectHarmless(answer, true)
  })
})

group('raw answers of other projects', () => {
  const file = `${SHARED_FOLDER}/data/http-raw/upstream-responses.json`

  test('are whole or a fault, however they are cut, and nothing of them reaches the next request', async () => {
    // Safe: the README beside the file says so.
    const answers = JSON.parse(readFileSync(file, 'utf8')) as { name: string; raw_base64: string; llhttp: string }[]
    const refused: string[] = []
    for (const { name, raw_base64, llhttp } of answers) {
      const answer = { name, raw: Buffer.from(raw_base64, 'base64') }
      await expectHarmless(answer, false)
      const atItsEnd = await expectHarmless(answer, true)
      if (llhttp !== 'ok' && !atItsEnd.startsWith('fault')) refused.push(name)
    }
    // What another parser refuses is refused here, too, but for bytes behind an answer's end: they end the connection.
    expect(refused).toEqual(['llhttp-resp/connection/HTTP/1.1 with keep-alive disabled, content-length'])
    expect(answers.length).toBeGreaterThan(30)
  }, 60_000)
})
