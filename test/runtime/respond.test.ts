import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Exchange } from '../../runtime/exchange.ts'
import {
  cut,
  isOpen,
  openAnswer,
  pauseBody,
  receiveBody,
  resumeBody,
  sendBodiless,
  sendEnd,
  sendHead,
  sendPiece,
  sendWhole,
  type Answer,
} from '../../runtime/respond.ts'
import { createTimerWheel, type TimerWheel } from '../../runtime/timer-wheel.ts'
import { createFakeResponse, type FakeResponse } from '../support/fake-response.ts'
import { readAnswer, type ReadAnswer } from '../support/read-answer.ts'

// Safe: the writer hands the exchange on and does not look into it.
const EXCHANGE = {} as Exchange
const HEAD = { status: 200, lines: 'x-one: 1\r\nx-two: 2\r\n', isAscii: true, close: false }
const CLOSING = { ...HEAD, close: true }
const WITH_BODY = { isHead: false }

let nowMs = 0
let wheel: TimerWheel
beforeEach(() => {
  nowMs = 0
  wheel = createTimerWheel(
    (error) => {
      throw error
    },
    () => nowMs,
  )
})
afterEach(() => {
  wheel.close()
  vi.restoreAllMocks()
})

/** Lets time pass on the wheel. */
function pass(ms: number): void {
  for (const endMs = nowMs + ms; nowMs < endMs;) {
    nowMs = Math.min(nowMs + 10, endMs)
    wheel.turn()
  }
}

/** What was put off to the loop's next turn. */
function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

interface Run {
  readonly fake: FakeResponse
  readonly answer: Answer
  /** What the writer told, in order. */
  readonly told: string[]
  readonly read: (options?: { readonly hasBody?: boolean }) => ReadAnswer
}

interface RunOptions {
  readonly socketBytes?: number
  readonly heldBytes?: number
  /** What happens in the engine's handler. */
  readonly inHandler?: (answer: Answer) => void
  readonly onRoom?: (answer: Answer) => void
  readonly onSlowBody?: (answer: Answer) => void
}

let runs: Run[] = []
beforeEach(() => {
  runs = []
})
afterEach(() => {
  for (const { fake, told } of runs) {
    expect(fake.faults).toEqual([])
    expect(told.filter((event) => event.startsWith('bug'))).toEqual([])
    expect(told.filter((event) => event === 'end' || event === 'gone').length).toBeLessThan(2)
  }
})

function run({ inHandler, onRoom, onSlowBody, ...socket }: RunOptions = {}): Run {
  const fake = createFakeResponse(socket)
  const told: string[] = []
  const events = {
    onEnd: () => void told.push('end'),
    onGone: () => void told.push('gone'),
    onRoom: (one: Answer) => {
      told.push('room')
      onRoom?.(one)
    },
    onSlowBody: (one: Answer) => {
      told.push('slow')
      onSlowBody?.(one)
    },
    onBug: (_: Answer, error: unknown) => void told.push(`bug: ${String(error)}`),
  }
  let answer: Answer | null = null
  fake.handle(() => {
    answer = openAnswer(fake.response, EXCHANGE, wheel, events)
    inHandler?.(answer)
    answer.inHandler = false
  })
  if (answer === null) throw new Error('the handler did not run')
  const opened = { fake, answer, told, read: (options = {}) => readAnswer(fake.sent(), options) }
  runs.push(opened)
  return opened
}

/** Bytes that differ from their neighbours, so that none can be lost, doubled or swapped unseen. */
function bytesOf(length: number, start = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => ((start + i) * 7 + ((start + i) >> 8)) & 0xff))
}

describe('a whole answer', () => {
  test('has its status, its lines, its length and its body', () => {
    const { answer, fake, told, read } = run({ inHandler: (one) => sendWhole(one, HEAD, 'hello', WITH_BODY) })
    expect(read()).toMatchObject({
      status: 200,
      headers: expect.arrayContaining([
        ['x-one', '1'],
        ['x-two', '2'],
        ['content-length', '5'],
      ]) as unknown,
      body: Buffer.from('hello'),
      isComplete: true,
      rest: Buffer.alloc(0),
    })
    expect([told, answer.state, answer.bytesOut, fake.isClosed()]).toEqual([['end'], 'ended', 5, false])
  })

  test.each([0, 1, 1024, 14_900, 14_980, 15_000, 15_001, 16_383, 16_384, 16_385, 70_000, 1_000_000])(
    'of %i bytes comes whole through any socket',
    (length) => {
      for (const [socketBytes, heldBytes] of [
        [1_000_000, 0],
        [65_536, 65_000],
        [4608, 0],
        [4608, 4608],
        [16_384, 16_000],
      ] as const) {
        const { fake, answer, told, read } = run({ socketBytes, heldBytes })
        sendWhole(answer, HEAD, bytesOf(length), WITH_BODY)
        fake.takeAll()
        expect(read().body.equals(bytesOf(length))).toBe(true)
        expect(read().rest.length).toBe(0)
        expect(told.at(-1)).toBe('end')
        expect(answer.bytesOut).toBe(length)
        expect(fake.keptMax()).toBeLessThan(33_000)
      }
    },
  )

  test.each([3_000, 15_000, 30_000])('with %i bytes of head comes whole, too', (headBytes) => {
    const head = { ...HEAD, lines: `x-one: 1\r\nx-long: ${'a'.repeat(headBytes)}\r\n` }
    for (const length of [0, 100, 14_000, 15_000, 40_000]) {
      for (const heldBytes of [0, 65_000, 65_500, 65_536]) {
        const { fake, answer, read } = run({ socketBytes: 65_536, heldBytes })
        sendWhole(answer, head, bytesOf(length), WITH_BODY)
        fake.takeAll()
        expect(read().headers).toContainEqual(['x-long', 'a'.repeat(headBytes)])
        expect(read().body.equals(bytesOf(length))).toBe(true)
      }
    }
  })

  test('of text has the length of its UTF-8, however it is sent', () => {
    for (const length of [1, 4_999, 5_000, 5_001, 14_999, 15_000, 15_001]) {
      const text = '\u20ac'.repeat(length)
      const { fake, answer, read } = run({ socketBytes: 16_384, heldBytes: 16_384 })
      sendWhole(answer, HEAD, text, WITH_BODY)
      fake.takeAll()
      expect(read().body.toString('utf8')).toBe(text)
      expect(answer.bytesOut).toBe(length * 3)
    }
  })

  test('keeps bytes that are taken back when the call returns', () => {
    const { fake, answer, read } = run({ socketBytes: 4608 })
    const body = bytesOf(100_000)
    sendWhole(answer, HEAD, body, WITH_BODY)
    body.fill(0)
    fake.takeAll()
    expect(read().body.equals(bytesOf(100_000))).toBe(true)
  })

  test.each([0, 5, 20_000])('to HEAD, with %i bytes of body, is its length alone', (length) => {
    const { answer, fake, read, told } = run({
      inHandler: (one) => sendWhole(one, HEAD, bytesOf(length), { isHead: true }),
    })
    expect(read({ hasBody: false }).headers).toContainEqual(['content-length', String(length)])
    expect(read({ hasBody: false }).rest.length).toBe(0)
    expect([told, answer.bytesOut, fake.isClosed()]).toEqual([['end'], 0, false])
  })

  test('has header values byte for byte', () => {
    const { fake, answer } = run()
    const lines = 'x-a: caf\u00c3\u00a9\r\nx-b: \u00ff\r\n'
    sendWhole(answer, { ...HEAD, lines, isAscii: false }, '', WITH_BODY)
    expect(fake.sent().toString('latin1')).toContain('x-a: caf\u00c3\u00a9\r\nx-b: \u00ff\r\n')
  })

  test('may have a single line, or none', () => {
    for (const lines of ['x-a: 1\r\n', '']) {
      const { answer, read } = run()
      sendWhole(answer, { ...HEAD, lines }, 'x', WITH_BODY)
      expect(read().headers.filter(([name]) => name.startsWith('x-'))).toHaveLength(lines === '' ? 0 : 1)
    }
  })

  test.each([
    [200, 'HTTP/1.1 200 OK\r\n'],
    [207, 'HTTP/1.1 207 Multi-Status\r\n'],
    [404, 'HTTP/1.1 404 Not Found\r\n'],
    [599, 'HTTP/1.1 599 Unknown\r\n'],
  ])('of status %i has a status line', (status, line) => {
    const { fake, answer } = run()
    sendWhole(answer, { ...HEAD, status }, '', WITH_BODY)
    expect(fake.sent().toString()).toMatch(new RegExp(`^${line}`))
  })

  test('is sent once', () => {
    const { answer, fake, told } = run()
    sendWhole(answer, HEAD, 'one', WITH_BODY)
    const sent = fake.sent()
    sendWhole(answer, HEAD, 'two', WITH_BODY)
    sendBodiless(answer, HEAD, -1)
    sendHead(answer, HEAD, -1)
    sendPiece(answer, bytesOf(3))
    sendEnd(answer)
    cut(answer)
    expect(fake.sent()).toEqual(sent)
    expect(told).toEqual(['end'])
  })
})

describe('an answer without a body', () => {
  test.each([204, 304])('of status %i has no length unless it is told', (status) => {
    const { answer, told, read } = run({ inHandler: (one) => sendBodiless(one, { ...HEAD, status }, -1) })
    const { headers, rest } = read({ hasBody: false })
    expect(headers.map(([name]) => name)).not.toContain('content-length')
    expect([rest.length, told, answer.state]).toEqual([0, ['end'], 'ended'])
  })

  test('has the length that it would have', () => {
    const { answer, read } = run()
    sendBodiless(answer, HEAD, 1_000_000)
    expect(read({ hasBody: false }).headers).toContainEqual(['content-length', '1000000'])
    expect(read({ hasBody: false }).rest.length).toBe(0)
  })
})

describe('an answer that closes the connection', () => {
  test('is not sent in the handler, where the engine would not close', async () => {
    const { fake, told, read } = run({ inHandler: (one) => sendWhole(one, CLOSING, 'bye', WITH_BODY) })
    expect([fake.sent().length, told]).toEqual([0, []])
    await nextTurn()
    expect(read().headers.filter(([name]) => name === 'connection')).toEqual([['connection', 'close']])
    expect([told, fake.isClosed()]).toEqual([['end'], true])
  })

  test('is sent at once outside of it', () => {
    const { answer, fake, told } = run()
    sendWhole(answer, CLOSING, 'bye', WITH_BODY)
    expect([told, fake.isClosed()]).toEqual([['end'], true])
  })

  test.each([
    ['to HEAD', (answer: Answer) => sendWhole(answer, CLOSING, 'bye', { isHead: true })],
    ['without a body', (answer: Answer) => sendBodiless(answer, CLOSING, 3)],
  ])('lets nothing more be read, %s', async (_, send) => {
    const { fake, read } = run({ inHandler: send })
    await nextTurn()
    expect(fake.isDeaf()).toBe(true)
    const { rest, headers } = read({ hasBody: false })
    expect(rest.length).toBe(0)
    expect(headers).toContainEqual(['connection', 'close'])
    expect(headers).toContainEqual(['content-length', '3'])
  })

  test('says so where it must be streamed', () => {
    const { answer, fake, read } = run({ socketBytes: 4608 })
    sendWhole(answer, CLOSING, bytesOf(50_000), WITH_BODY)
    fake.takeAll()
    expect(read()).toMatchObject({ isComplete: true, body: bytesOf(50_000) })
    expect(read().headers).toContainEqual(['connection', 'close'])
    expect(fake.isDeaf()).toBe(true)
  })

  test('is not sent when the caller leaves before', async () => {
    const { answer, fake, told } = run({ inHandler: (one) => sendWhole(one, CLOSING, 'bye', WITH_BODY) })
    fake.abort()
    await nextTurn()
    expect([fake.sent().length, told, isOpen(answer)]).toEqual([0, ['gone'], false])
  })
})

describe('an answer in pieces', () => {
  const SOCKETS = [
    [1_000_000, 0],
    [65_536, 0],
    [16_384, 16_384],
    [4608, 0],
    [1500, 1500],
  ] as const

  /** Sends pieces as an upstream does that stops where the writer says so. */
  function stream(
    total: number,
    pieces: readonly number[],
    socket: Pick<RunOptions, 'socketBytes' | 'heldBytes'>,
  ): Run {
    const source = createSource(pieces)
    const opened = run({ ...socket, onRoom: source.send })
    sendHead(opened.answer, HEAD, total)
    source.send(opened.answer)
    for (let turns = 0; opened.answer.state === 'streaming'; turns++) {
      opened.fake.takeAll()
      // Nothing more can happen: whatever is missing would never come.
      if (turns > 0) break
    }
    opened.fake.takeAll()
    return opened
  }

  /** Pauses when a piece does not fit, and goes on when there is room. Then one more piece may come all the same. */
  function createSource(pieces: readonly number[]): { readonly send: (answer: Answer) => void } {
    const left = [...pieces]
    let sent = 0
    let sending = false
    const sendOne = (answer: Answer): boolean => {
      const length = left.shift()
      if (length === undefined) return false
      const piece = bytesOf(length, sent)
      sent += length
      const hasRoom = sendPiece(answer, piece)
      // Whoever lends a piece takes it back.
      piece.fill(0xaa)
      if (left.length === 0) sendEnd(answer)
      return hasRoom
    }
    const send = (answer: Answer): void => {
      if (sending) return
      sending = true
      while (sendOne(answer));
      sendOne(answer)
      sending = false
    }
    return { send }
  }

  const SHAPES: readonly (readonly [name: string, pieces: readonly number[]])[] = [
    ['one byte', [1]],
    ['one piece', [10_000]],
    ['the largest piece that goes at once', [15_000]],
    ['a byte more', [15_001]],
    ['pieces of a read', [65_536, 65_536, 65_536, 1]],
    ['many small pieces', Array<number>(500).fill(100)],
    ['pieces of the size of a cork', Array<number>(20).fill(16_384)],
    ['pieces around it', [16_383, 16_385, 14_999, 15_000, 15_001, 16_384]],
    ['one large piece', [1_500_000]],
    ['growing pieces', Array.from({ length: 120 }, (_, i) => i * i)],
    ['an empty piece between', [5000, 0, 5000]],
  ]

  describe.each([
    ['of known length', true],
    ['in chunks', false],
  ])('%s', (_, isKnown) => {
    test.each(SHAPES)('comes whole and in order: %s', (__, pieces) => {
      const total = pieces.reduce((sum, piece) => sum + piece, 0)
      for (const [socketBytes, heldBytes] of SOCKETS) {
        const { answer, fake, read, told } = stream(isKnown ? total : -1, pieces, { socketBytes, heldBytes })
        expect([socketBytes, told.at(-1), answer.state]).toEqual([socketBytes, 'end', 'ended'])
        const { body, isComplete, framing, rest } = read()
        expect([isComplete, framing, rest.length]).toEqual([true, isKnown ? 'length' : 'chunks', 0])
        expect(body.equals(bytesOf(total))).toBe(true)
        expect(answer.bytesOut).toBe(total)
        expect(fake.keptMax()).toBeLessThan(40_000)
      }
    })

    test('keeps little of what a caller does not take, and copies it', () => {
      const { answer, fake } = run({ socketBytes: 4608 })
      sendHead(answer, HEAD, isKnown ? 10_000_000 : -1)
      expect(sendPiece(answer, bytesOf(65_536))).toBe(false)
      expect(sendPiece(answer, bytesOf(65_536))).toBe(false)
      expect(fake.keptMax()).toBeLessThan(32_000)
      expect(answer.backlog.reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThan(90_000)
      fake.abort()
    })

    test('tells of room only when there is some', () => {
      const { answer, fake, told } = run({ socketBytes: 4608 })
      sendHead(answer, HEAD, isKnown ? 1_000_000 : -1)
      sendPiece(answer, bytesOf(100_000))
      for (let taken = 0; taken < 60_000; taken += 1000) fake.take(1000)
      expect(told).toEqual([])
      fake.takeAll()
      expect(told).toContain('room')
      fake.abort()
    })

    test('is empty when no piece comes', () => {
      const { answer, read, told } = run()
      if (isKnown) return
      sendHead(answer, HEAD, -1)
      sendEnd(answer)
      expect(read()).toMatchObject({ isComplete: true, body: Buffer.alloc(0) })
      expect(told).toEqual(['end'])
    })

    test('that ends while it waits is complete when the last byte is taken', () => {
      const { answer, fake, read, told } = run({ socketBytes: 4608 })
      sendHead(answer, HEAD, isKnown ? 50_000 : -1)
      sendPiece(answer, bytesOf(50_000))
      sendEnd(answer)
      expect(told).toEqual([])
      fake.takeAll()
      expect(told.at(-1)).toBe('end')
      expect(read()).toMatchObject({ isComplete: true, body: bytesOf(50_000) })
    })

    test('can be broken off at any point, and nothing is sent after', async () => {
      const total = 60_000
      for (let point = 0; point < 8; point++) {
        const { answer, fake, told } = run({ socketBytes: 4608 })
        sendHead(answer, HEAD, isKnown ? total : -1)
        for (let i = 0; i < point; i++) {
          sendPiece(answer, bytesOf(7000, i * 7000))
          fake.take(2000)
        }
        fake.abort()
        const sent = fake.sent()
        expect([sendPiece(answer, bytesOf(10)), told.at(-1), isOpen(answer)]).toEqual([
          expect.any(Boolean),
          'gone',
          false,
        ])
        sendEnd(answer)
        cut(answer)
        pauseBody(answer)
        resumeBody(answer)
        await nextTurn()
        fake.takeAll()
        expect(fake.sent()).toEqual(sent)
      }
    })

    test('is cut so that nobody takes it for whole', async () => {
      const { answer, fake, read } = run({ socketBytes: 4608 })
      sendHead(answer, HEAD, isKnown ? 60_000 : -1)
      sendPiece(answer, bytesOf(30_000))
      cut(answer)
      expect([isOpen(answer), fake.isClosed()]).toEqual([false, false])
      await nextTurn()
      expect(fake.isClosed()).toBe(true)
      expect(read().isComplete).toBe(false)
      sendPiece(answer, bytesOf(10))
      sendEnd(answer)
    })

    test('that closes the connection says so in its head', () => {
      const { answer, fake, read } = run({ inHandler: (one) => sendHead(one, CLOSING, isKnown ? 10 : -1) })
      sendPiece(answer, bytesOf(10))
      sendEnd(answer)
      fake.takeAll()
      expect(read()).toMatchObject({ isComplete: true })
      expect(read().headers).toContainEqual(['connection', 'close'])
      expect(fake.isDeaf()).toBe(true)
    })

    test('with a head larger than a cork comes whole', () => {
      const head = { ...HEAD, lines: `x-one: 1\r\nx-long: ${'a'.repeat(30_000)}\r\n` }
      for (const heldBytes of [0, 65_536]) {
        const { answer, fake, read } = run({ socketBytes: 65_536, heldBytes })
        sendHead(answer, head, isKnown ? 20_000 : -1)
        sendPiece(answer, bytesOf(20_000))
        sendEnd(answer)
        fake.takeAll()
        expect(read()).toMatchObject({ isComplete: true, body: bytesOf(20_000) })
        expect(read().headers).toContainEqual(['x-long', 'a'.repeat(30_000)])
      }
    })
  })

  test('of known length that ends too early is cut', async () => {
    const { answer, fake, read } = run()
    sendHead(answer, HEAD, 100)
    sendPiece(answer, bytesOf(99))
    sendEnd(answer)
    await nextTurn()
    expect([fake.isClosed(), read().isComplete]).toEqual([true, false])
  })

  test('in chunks goes out piece by piece, without waiting for more', () => {
    const { answer, read } = run()
    sendHead(answer, HEAD, -1)
    for (let i = 1; i < 5; i++) {
      sendPiece(answer, Buffer.from(`data: ${i}\n\n`))
      expect(read().body.toString()).toMatch(new RegExp(`data: ${i}\n\n$`))
    }
    sendEnd(answer)
  })

  test('goes on after a long silence behind a full socket', () => {
    const { answer, fake, read } = run({ socketBytes: 4608 })
    sendHead(answer, HEAD, -1)
    sendPiece(answer, bytesOf(20_000))
    fake.takeAll()
    expect(read().body.length).toBe(20_000)
    pass(22_000)
    expect(sendPiece(answer, bytesOf(100, 20_000))).toBe(true)
    sendEnd(answer)
    expect(read()).toMatchObject({ isComplete: true, body: bytesOf(20_100) })
  })
})

describe("the request's body", () => {
  /** Reads a body of so many bytes (-1: chunks) into `got`. */
  function receiving(
    expected: number,
    options: RunOptions = {},
  ): Run & { readonly got: Buffer[]; last: () => boolean } {
    const got: Buffer[] = []
    let last = false
    const opened = run({
      ...options,
      inHandler: (answer) =>
        receiveBody(answer, expected, (piece, isLast) => {
          got.push(Buffer.from(piece))
          last = isLast
        }),
    })
    return { ...opened, got, last: () => last }
  }

  test('is handed on piece by piece', () => {
    const { answer, fake, got, last } = receiving(30)
    fake.receive(bytesOf(10), false)
    fake.receive(bytesOf(20, 10), true)
    expect([Buffer.concat(got), last(), answer.bytesIn]).toEqual([bytesOf(30), true, 30])
    sendWhole(answer, HEAD, 'ok', WITH_BODY)
  })

  test('that is small is read over when the answer comes before it, and the connection stays', () => {
    const { answer, fake, got, told, read } = receiving(65_536)
    sendWhole(answer, HEAD, 'no', WITH_BODY)
    expect(told).toEqual(['end'])
    fake.receive(bytesOf(65_536), true)
    expect(got).toEqual([])
    expect(read().headers.map(([name]) => name)).not.toContain('connection')
  })

  test('that is large is read over for a second before the answer, and the connection closes', async () => {
    const { answer, fake, got, told, read } = receiving(1_000_000)
    sendWhole(answer, HEAD, 'no', WITH_BODY)
    for (let i = 0; i < 9; i++) {
      fake.receive(bytesOf(10_000), false)
      pass(100)
    }
    expect([told, fake.sent().length]).toEqual([[], 0])
    pass(200)
    await nextTurn()
    expect([told, got, fake.isClosed()]).toEqual([['end'], [], true])
    expect(read().headers).toContainEqual(['connection', 'close'])
  })

  test('that is large and comes whole within a second is answered then', async () => {
    const { answer, fake, told } = receiving(1_000_000)
    sendWhole(answer, HEAD, 'no', WITH_BODY)
    fake.receive(bytesOf(500_000), false)
    fake.receive(bytesOf(500_000), true)
    await nextTurn()
    expect([told, fake.isClosed()]).toEqual([['end'], true])
  })

  test('that does not end is not read over for ever', async () => {
    const { answer, fake, told } = receiving(1e12)
    sendWhole(answer, CLOSING, 'no', WITH_BODY)
    for (let i = 0; i < 17; i++) fake.receive(bytesOf(500_000), false)
    await nextTurn()
    expect([told, fake.isClosed()]).toEqual([['end'], true])
  })

  test('keeps the bytes of an answer that waits for it', async () => {
    const { answer, fake, read } = receiving(1_000_000)
    const body = bytesOf(100)
    sendWhole(answer, HEAD, body, WITH_BODY)
    body.fill(0)
    fake.receive(bytesOf(1_000_000), true)
    await nextTurn()
    expect(read().body.equals(bytesOf(100))).toBe(true)
  })

  test('in chunks closes the connection, whatever came of it', async () => {
    const all = receiving(-1)
    all.fake.receive(bytesOf(10), true)
    sendWhole(all.answer, HEAD, 'ok', WITH_BODY)
    expect(all.fake.isClosed()).toBe(true)
    const some = receiving(-1)
    sendWhole(some.answer, HEAD, 'ok', WITH_BODY)
    some.fake.receive(bytesOf(10), true)
    await nextTurn()
    expect(some.fake.isClosed()).toBe(true)
  })

  test('of a caller who leaves while it is read over is nobody to answer', async () => {
    const { answer, fake, told } = receiving(1_000_000)
    sendWhole(answer, HEAD, 'no', WITH_BODY)
    fake.abort()
    pass(2000)
    await nextTurn()
    expect([told, fake.sent().length]).toEqual([['gone'], 0])
  })

  test('is paused only while more is to come than the engine may have read', () => {
    const { answer, fake } = receiving(2_000_000)
    pauseBody(answer)
    expect(fake.isPaused()).toBe(true)
    resumeBody(answer)
    expect(fake.isPaused()).toBe(false)
    fake.receive(bytesOf(1_500_000), false)
    pauseBody(answer)
    expect(fake.isPaused()).toBe(false)
    fake.receive(bytesOf(500_000), true)
    pauseBody(answer)
    sendWhole(answer, HEAD, 'ok', WITH_BODY)
  })

  test('that was paused is resumed before an answer ends, however it ends', async () => {
    const endings: readonly ((answer: Answer) => void)[] = [
      (answer) => sendWhole(answer, HEAD, 'ok', WITH_BODY),
      (answer) => sendWhole(answer, HEAD, bytesOf(100_000), WITH_BODY),
      (answer) => sendBodiless(answer, HEAD, -1),
      (answer) => {
        sendHead(answer, HEAD, -1)
        sendPiece(answer, bytesOf(100))
        sendEnd(answer)
      },
      (answer) => {
        sendHead(answer, HEAD, 100)
        sendPiece(answer, bytesOf(50))
        sendPiece(answer, bytesOf(50, 50))
        sendEnd(answer)
      },
      (answer) => {
        sendHead(answer, HEAD, 100_000)
        sendPiece(answer, bytesOf(100_000))
        sendEnd(answer)
      },
      cut,
    ]
    for (const end of endings) {
      const { answer, fake } = receiving(2_000_000, { socketBytes: 4608 })
      pauseBody(answer)
      end(answer)
      pass(1500)
      await nextTurn()
      fake.takeAll()
      await nextTurn()
      expect([answer.state === 'ended' || answer.state === 'gone', fake.faults]).toEqual([true, []])
      expect(end === cut || !fake.isPaused()).toBe(true)
    }
  })

  test('that comes slower than 16 KB in 10 s is given up', () => {
    const { fake, told } = receiving(1_000_000)
    for (let i = 0; i < 9; i++) {
      fake.receive(bytesOf(1800), false)
      pass(1000)
    }
    expect(told).toEqual([])
    pass(1100)
    expect(told).toEqual(['slow'])
    fake.abort()
  })

  test('that is just fast enough is not', () => {
    const { fake, told } = receiving(1_000_000)
    for (let i = 0; i < 60; i++) {
      fake.receive(bytesOf(1700), false)
      pass(1000)
    }
    expect(told).toEqual([])
    fake.receive(bytesOf(1), true)
    pass(60_000)
    expect(told).toEqual([])
    fake.abort()
  })

  test('has its time from the moment that it is let go on', () => {
    const { answer, fake, told } = receiving(2_000_000)
    pauseBody(answer)
    pass(65_000)
    expect(told).toEqual([])
    resumeBody(answer)
    pass(9000)
    expect(told).toEqual([])
    pass(22_000)
    expect(told).toEqual(['slow'])
    fake.abort()
  })

  test('that nobody wants has no time', () => {
    const { fake, told } = run({ inHandler: (answer) => receiveBody(answer, 1000, null) })
    pass(60_000)
    expect(told).toEqual([])
    fake.abort()
  })

  test("that is slow sets the engine's own timer anew, once a second at most and never behind its end", () => {
    const clock = vi.spyOn(performance, 'now')
    clock.mockReturnValue(0)
    const { fake } = receiving(100)
    for (let ms = 100; ms <= 5000; ms += 100) {
      clock.mockReturnValue(ms)
      fake.receive(bytesOf(1), false)
    }
    expect(fake.rearms()).toBe(5)
    clock.mockReturnValue(9000)
    fake.receive(bytesOf(1), true)
    expect(fake.rearms()).toBe(5)
    fake.abort()
  })

  test('that is slow is refused once, and the refusal is sent', async () => {
    const { fake, told, read } = receiving(1_000_000, {
      onSlowBody: (answer) => sendWhole(answer, { ...CLOSING, status: 408 }, 'slow', WITH_BODY),
    })
    pass(10_100)
    expect(told).toEqual(['slow'])
    pass(1100)
    await nextTurn()
    expect([told, read().status, fake.isClosed()]).toEqual([['slow', 'end'], 408, true])
  })

  test('may go on while an answer streams already', () => {
    const { answer, fake, got, read } = receiving(20)
    sendHead(answer, HEAD, -1)
    sendPiece(answer, bytesOf(5))
    fake.receive(bytesOf(10), false)
    sendPiece(answer, bytesOf(5, 5))
    fake.receive(bytesOf(10, 10), true)
    sendEnd(answer)
    expect([Buffer.concat(got), read().body]).toEqual([bytesOf(20), bytesOf(10)])
  })
})

describe('a fault of ours', () => {
  test('in a callback of the engine is told of and goes no further', () => {
    const { answer, fake, told } = run({
      inHandler: (one) =>
        receiveBody(one, 10, () => {
          throw new Error('planted')
        }),
    })
    fake.receive(bytesOf(10), true)
    expect(told.splice(0)).toEqual(['bug: Error: planted'])
    sendWhole(answer, HEAD, 'sorry', WITH_BODY)
  })

  test('when there is room is told of, too', () => {
    const { answer, fake, told } = run({
      socketBytes: 4608,
      onRoom: () => {
        throw new Error('planted')
      },
    })
    sendHead(answer, HEAD, -1)
    sendPiece(answer, bytesOf(50_000))
    fake.takeAll()
    expect(told.splice(0)).toContain('bug: Error: planted')
    sendEnd(answer)
  })

  test('while a head is written leaves no answer that a second one could be mixed into', async () => {
    const { answer, fake, told } = run()
    vi.spyOn(fake.response, 'writeHeader').mockImplementationOnce(() => {
      throw new Error('planted')
    })
    expect(() => sendWhole(answer, HEAD, 'one', WITH_BODY)).toThrow('planted')
    sendWhole(answer, { ...HEAD, status: 500 }, 'two', WITH_BODY)
    expect(fake.sent().toString()).not.toContain('500')
    cut(answer)
    await nextTurn()
    expect([fake.isClosed(), told]).toEqual([true, ['gone']])
  })
})
