import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { createLogRing, logRingBytes, openLogRing, readLogRing } from '../../../runtime/observe/log-ring.ts'
import { bundled } from '../../support/bundled.ts'

const HEAD_BYTES = 384
const SMALL_BYTES = HEAD_BYTES + 64

function opened(bytes = logRingBytes()) {
  const memory = createLogRing(bytes)
  return { memory, ring: openLogRing(memory), reader: readLogRing(memory) }
}

const taken = (reader: ReturnType<typeof readLogRing>) => reader.take()?.toString() ?? null

describe('one ring', () => {
  test('an empty ring holds nothing', () => {
    const { reader } = opened()
    expect([reader.take(), reader.dropped()]).toEqual([null, 0])
  })

  test('lines come out in order, whole and once', () => {
    const { ring, reader } = opened()
    expect(['one', 'two', 'three'].map(ring.put)).toEqual([true, true, true])
    expect(taken(reader)).toBe('one\ntwo\nthree\n')
    expect(taken(reader)).toBeNull()
    ring.put('four')
    expect(taken(reader)).toBe('four\n')
  })

  test('text beyond ASCII is UTF-8', () => {
    const { ring, reader } = opened()
    for (const line of ['é', '日本語', '🔑', 'half a pair: \ud83d', '']) ring.put(line)
    expect(taken(reader)).toBe('é\n日本語\n🔑\nhalf a pair: \ufffd\n\n')
  })

  test('what was taken stays as it was while lines go on', () => {
    const { ring, reader } = opened(SMALL_BYTES)
    ring.put('a'.repeat(40))
    const first = reader.take()
    ring.put('b'.repeat(40))
    ring.put('c'.repeat(20))
    expect(first?.toString()).toBe(`${'a'.repeat(40)}\n`)
  })

  test('a full ring drops, counts, and takes lines again once it is read', () => {
    const { ring, reader } = opened(SMALL_BYTES)
    expect(ring.put('a'.repeat(40))).toBe(true)
    expect(ring.put('b'.repeat(40))).toBe(false)
    expect(ring.put('c'.repeat(22))).toBe(true)
    expect(ring.put('')).toBe(false)
    expect(reader.dropped()).toBe(2)
    expect(taken(reader)).toBe(`${'a'.repeat(40)}\n${'c'.repeat(22)}\n`)
    expect(ring.put('d'.repeat(63))).toBe(true)
    expect(taken(reader)).toBe(`${'d'.repeat(63)}\n`)
    expect(reader.dropped()).toBe(2)
  })

  test('a line that no ring of this size holds is dropped, and harms no other', () => {
    const { ring, reader } = opened(SMALL_BYTES)
    expect([ring.put('x'.repeat(64)), ring.put('é'.repeat(32)), ring.put('x'.repeat(1_000_000))]).toEqual([
      false,
      false,
      false,
    ])
    expect(ring.put('é'.repeat(31))).toBe(true)
    expect([taken(reader), reader.dropped()]).toEqual([`${'é'.repeat(31)}\n`, 3])
  })

  test('a line longer than a line may be is dropped, however large the ring', () => {
    const { ring, reader } = opened()
    expect(ring.put('x'.repeat(16_384))).toBe(true)
    expect(ring.put('x'.repeat(16_385))).toBe(false)
    expect(ring.put('é'.repeat(8_193))).toBe(false)
    expect([reader.take()?.length, reader.dropped()]).toEqual([16_385, 2])
  })

  test('lines of every length cross the end whole', () => {
    const { ring, reader } = opened(SMALL_BYTES)
    for (let round = 0; round < 200; round++) {
      const lines = [`${round}-${'x'.repeat(round % 17)}`, 'é'.repeat(round % 9)]
      for (const line of lines) expect(ring.put(line)).toBe(true)
      expect(taken(reader)).toBe(lines.map((line) => `${line}\n`).join(''))
    }
  })

  test('positions may wrap', () => {
    const { memory, reader } = opened(SMALL_BYTES)
    const positions = new Int32Array(memory, 0, 64)
    for (const word of [0, 32]) positions[word] = -10
    const ring = openLogRing(memory)
    for (const line of ['before', 'across the wrap', 'after']) {
      expect(ring.put(line)).toBe(true)
      expect(taken(reader)).toBe(`${line}\n`)
    }
    positions[0] = 0x7fff_fffa
    positions[32] = 0x7fff_fffa
    const next = openLogRing(memory)
    expect(next.put('x'.repeat(63))).toBe(true)
    expect(next.put('y')).toBe(false)
    expect(taken(reader)).toBe(`${'x'.repeat(63)}\n`)
  })

  test('a thread that takes the place of another goes on where it stopped', () => {
    const { memory, ring, reader } = opened()
    ring.put('of the first')
    expect(openLogRing(memory).put('of the second')).toBe(true)
    expect(taken(reader)).toBe('of the first\nof the second\n')
  })

  test('a size that is no power of two is refused', () => {
    expect(() => createLogRing(HEAD_BYTES + 65)).toThrow(RangeError)
    expect(() => createLogRing(16)).toThrow(RangeError)
  })
})

const WRITER = `
const { workerData } = require('node:worker_threads')
void import(workerData.module).then(({ openLogRing }) => {
  const ring = openLogRing(workerData.memory)
  for (let i = 0; i < workerData.lines; i++) {
    const line = i + ':' + 'x'.repeat(i % 300) + (i % 7 === 0 ? 'é' : '') + ':' + i
    while (!ring.put(line));
  }
})
`

test('a thread that writes as fast as it can loses and tears no line', async () => {
  const memory = createLogRing(HEAD_BYTES + 4096)
  const lines = 50_000
  const workerData = { module: bundled('runtime/observe/log-ring.ts'), memory, lines }
  const worker = new Worker(WRITER, { eval: true, workerData })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const reader = readLogRing(memory)
  let next = 0
  const check = () => {
    const text = taken(reader)
    if (text === null) return
    for (const line of text.slice(0, -1).split('\n')) {
      const expected = `${next}:${'x'.repeat(next % 300)}${next % 7 === 0 ? 'é' : ''}:${next}`
      if (line !== expected) throw new Error(`line ${next} is ${line}`)
      next++
    }
  }
  while (next < lines) {
    check()
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed])
  }
  await ended
  expect(next).toBe(lines)
})
