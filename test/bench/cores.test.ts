import { expect, test } from 'vitest'
import { onCore, parseAllowedCores, planCores } from './cores.ts'

test('ranges of cores are counted out', () => {
  expect(parseAllowedCores('Name:\tnode\nCpus_allowed_list:\t0-2,5\nMems_allowed:\t1\n')).toEqual([0, 1, 2, 5])
})

test('with two cores the candidate has one for itself', () => {
  expect(planCores([0, 1])).toEqual({ load: 0, candidate: 1, upstream: 0 })
})

test('with three cores the upstream has one, too', () => {
  expect(planCores([4, 6, 7, 8])).toEqual({ load: 4, candidate: 6, upstream: 7 })
})

test('one core cannot be kept apart', () => {
  expect(planCores([3])).toBeNull()
  expect(onCore(null, 'load', ['wrk'])).toEqual(['wrk'])
})

test('a command runs on the core of its job', () => {
  expect(onCore({ load: 0, candidate: 1, upstream: 0 }, 'candidate', ['nginx', '-v'])).toEqual([
    'taskset',
    '-c',
    '1',
    'nginx',
    '-v',
  ])
})
