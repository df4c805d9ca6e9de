import { expect, test } from 'vitest'
import { createLogChunks } from '../../../runtime/observe/log-chunks.ts'

/** Readers of which each gives its texts one after another. */
function chunksOf(...rings: string[][]) {
  return createLogChunks(
    rings.map((texts) => ({
      take: () => {
        const text = texts.shift()
        return text === undefined ? null : Buffer.from(text)
      },
      dropped: () => 100,
    })),
  )
}

test('the rings are emptied into one chunk, which stays until it is written', () => {
  const chunks = chunksOf(['a\nb\n', 'd\n'], ['c\n'])
  expect(chunks.next()?.toString()).toBe('a\nb\nc\n')
  expect(chunks.next()?.toString()).toBe('a\nb\nc\n')
  expect(chunks.advance(6)).toBe(false)
  expect(chunks.next()?.toString()).toBe('d\n')
  chunks.advance(2)
  expect(chunks.next()).toBeNull()
})

test('a partial write is continued where it stopped', () => {
  const chunks = chunksOf(['abc\ndef\n'])
  chunks.next()
  expect(chunks.advance(0)).toBe(true)
  expect(chunks.advance(2)).toBe(true)
  expect([chunks.isWithinLine(), chunks.next()?.toString()]).toEqual([true, 'c\ndef\n'])
  expect(chunks.advance(2)).toBe(true)
  expect([chunks.isWithinLine(), chunks.next()?.toString()]).toEqual([false, 'def\n'])
  expect(chunks.advance(4)).toBe(false)
  expect(chunks.dropped()).toBe(100)
})

test.each([
  [2, 'def\n', 101],
  [6, undefined, 101],
])('after %i bytes the rest of a line can be given up', (bytes, left, dropped) => {
  const chunks = chunksOf(['abc\ndef\n'])
  chunks.next()
  chunks.advance(bytes)
  chunks.dropRestOfLine()
  expect([chunks.isWithinLine(), chunks.next()?.toString(), chunks.dropped()]).toEqual([false, left, dropped])
})

test('what was taken can be given up, and what waits with it; each line counts', () => {
  const chunks = chunksOf(['a\nb\n', 'c\n', 'd\ne\n', 'f\n'])
  chunks.next()
  chunks.dropTaken()
  expect([chunks.dropped(), chunks.next()?.toString()]).toEqual([102, 'c\n'])
  expect(chunks.dropAll()).toBe(3)
  expect(chunks.dropped()).toBe(105)
})

test('who waits for lines is told when those put before are written, not later ones', async () => {
  const chunks = chunksOf(['a\n', 'b\n', 'c\n'])
  const told: string[] = []
  chunks.next()
  void chunks.written().then(() => told.push('first'))
  chunks.advance(2)
  await Promise.resolve()
  expect([told, chunks.isAwaited()]).toEqual([[], true])
  chunks.next()
  void chunks.written().then(() => told.push('second'))
  chunks.advance(2)
  await Promise.resolve()
  expect(told).toEqual(['first'])
  chunks.release()
  await Promise.resolve()
  expect(told).toEqual(['first', 'second'])
})
