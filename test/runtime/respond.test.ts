import { describe, expect, test, vi } from 'vitest'
import { isOpen, type Answer } from '../../runtime/answer.ts'
import { receiveBody } from '../../runtime/receive-body.ts'
import { cut, sendBodiless, sendEnd, sendHead, sendPiece, sendWhole } from '../../runtime/respond.ts'
import { answerRuns, bytesOf, nextTurn } from '../support/answer-run.ts'

const HEAD = { status: 200, lines: 'x-one: 1\r\nx-two: 2\r\n', isAscii: true, close: false }
const CLOSING = { ...HEAD, close: true }
const WITH_BODY = { isHead: false }

const { run } = answerRuns()

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
