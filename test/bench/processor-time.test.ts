import { expect, test } from 'vitest'
import {
  busyShare,
  familyOf,
  kernelShare,
  parseCoreTicks,
  parseParent,
  parseResidentKiB,
  parseSchedstat,
  parseTimes,
  processorNanos,
  residentMiB,
} from './processor-time.ts'

const STAT = 'cpu  30 2 10 900 8 0 5 1 0 0\ncpu0 10 1 5 400 4 0 2 1 7 0\ncpu1 20 1 5 500 4 0 3 0 0 0\nintr 1\n'

test('time on a core is the first number of schedstat', () => {
  expect(parseSchedstat('4736100 120 7\n')).toBe(4_736_100)
})

test('what is no schedstat line throws it', () => {
  expect(() => parseSchedstat('no')).toThrow('not a schedstat line')
})

test('a name with brackets and blanks does not hide the parent', () => {
  expect(parseParent('77 (a) S (b)) S 42 77 77 0 -1 4194304')).toBe(42)
})

test('user and kernel time stand behind the name, and what lies between two looks has a share', () => {
  const before = parseTimes('77 (a) b) S 42 77 77 0 -1 4194304 1 2 3 4 100 50 0 0')
  expect(before).toEqual({ user: 100, system: 50 })
  expect(kernelShare(before, { user: 130, system: 120 })).toBe(0.7)
  expect(kernelShare(before, before)).toBeNaN()
})

test('memory is what is resident', () => {
  expect(parseResidentKiB('VmPeak:\t  900 kB\nVmRSS:\t   15872 kB\nRssAnon:\t 1 kB\n')).toBe(15_872)
})

test('a process without memory has none', () => {
  expect(parseResidentKiB('Name:\tkthreadd\n')).toBe(0)
})

test('ticks of guests are part of user time and not counted twice', () => {
  expect(parseCoreTicks(STAT, 0)).toEqual({ all: 423, idle: 404 })
})

test('the busy share is what was not idle between two looks', () => {
  expect(busyShare({ all: 100, idle: 50 }, { all: 200, idle: 75 })).toBe(0.75)
  expect(busyShare({ all: 100, idle: 50 }, { all: 100, idle: 50 })).toBe(0)
})

test('this process takes processor time and memory and is of its parent', () => {
  const before = processorNanos([process.pid])
  for (const until = performance.now() + 30; performance.now() < until;);
  expect(processorNanos([process.pid]) - before).toBeGreaterThan(1_000_000)
  expect(residentMiB([process.pid])).toBeGreaterThan(10)
  expect(familyOf(process.ppid)).toContain(process.pid)
})

test('a process that has ended takes nothing', () => {
  expect(processorNanos([2 ** 22 + 1])).toBe(0)
})
