import { describe, expect, test } from 'vitest'
import type { Answer } from '../../runtime/answer.ts'
import { pauseBody, receiveBody, resumeBody } from '../../runtime/receive-body.ts'
import { cut, sendBodiless, sendEnd, sendHead, sendPiece, sendWhole } from '../../runtime/respond.ts'
import { answerRuns, bytesOf, nextTurn, type Run, type RunOptions } from '../support/answer-run.ts'

const HEAD = { status: 200, lines: 'x-one: 1\r\nx-two: 2\r\n', isAscii: true, close: false }
const CLOSING = { ...HEAD, close: true }
const WITH_BODY = { isHead: false }

const { run, pass } = answerRuns()

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
    const { fake } = receiving(100)
    for (let ms = 100; ms <= 5000; ms += 100) {
      pass(100)
      fake.receive(bytesOf(1), false)
    }
    expect(fake.rearms()).toBe(5)
    pass(4000)
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
