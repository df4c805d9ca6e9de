import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

test('without options all workloads are run on this build', () => {
  const options = readOptions([])
  expect(options.workloads).toEqual(['get', 'post-1k', 'post-100k', 'many-keys', 'sse'])
  expect(options.builds).toEqual([{ name: 'keysmith', entry: 'dist/compiler/cli.js' }])
  expect(options.maxRatio).toBe(Infinity)
})

test('a quick run is a short GET, and what is asked for besides goes before', () => {
  expect(readOptions(['--quick'])).toMatchObject({ workloads: ['get'], rounds: 3, seconds: 1 })
  expect(readOptions(['--quick', '--seconds', '2', '--workloads', 'sse'])).toMatchObject({
    workloads: ['sse'],
    seconds: 2,
  })
})

test('what is deployed may be all that is looked at', () => {
  expect(readOptions([]).isDeployables).toBe(false)
  expect(readOptions(['--deployables', '--rounds', '9'])).toMatchObject({ isDeployables: true, rounds: 9 })
})

test('another build stands beside this one, or none does', () => {
  expect(readOptions(['--build', 'before=/old/cli.js']).builds.map(({ name }) => name)).toEqual(['keysmith', 'before'])
  expect(readOptions(['--build', 'nothing']).builds).toEqual([])
})

test.each([
  [['--workloads', 'get,put'], 'there is no workload "put"'],
  [['--rounds', 'many'], '--rounds must be a number above 0, not "many"'],
  [['--max-ratio', '-1'], "'--max-ratio' argument is ambiguous"],
  [['--max-ratio', '0'], '--max-ratio must be a number above 0'],
  [['--build', 'old'], '--build must look like name=dist/compiler/cli.js'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is a wrong use, and says what is right', (args, message) => {
  expect(() => readOptions(args)).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(() => readOptions(args)).toThrow(message)
  expect(() => readOptions(args)).toThrow('usage: npm run bench')
})
