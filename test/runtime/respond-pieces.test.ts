import { describe, expect, test } from 'vitest'
import { isOpen, type Answer } from '../../runtime/answer.ts'
import { pauseBody, resumeBody } from '../../runtime/receive-body.ts'
import { cut, sendEnd, sendHead, sendPiece } from '../../runtime/respond.ts'
import { answerRuns, bytesOf, nextTurn, type Run, type RunOptions } from '../support/answer-run.ts'

const HEAD = { status: 200, lines: 'x-one: 1\r\nx-two: 2\r\n', isAscii: true, close: false }
const CLOSING = { ...HEAD, close: true }

const { run, pass } = answerRuns()

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
