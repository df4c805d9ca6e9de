import { expect, test } from 'vitest'
import { makeKeys } from './keys.ts'
import { parseWrk, wrk } from './wrk.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

const REPORT = `Running 5s test @ http://127.0.0.1:8080/v1/items/42
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.17ms  210.34us   5.31ms   91.20%
    Req/Sec    54.80k     2.10k   58.90k    70.00%
  Latency Distribution
     50%  997.00us
     75%    1.20ms
     90%    1.31ms
     99%    2.17s${' '}
  273912 requests in 5.03s, 92.11MB read
Requests/sec:  54456.12
Transfer/sec:     18.31MB
`

const plan = (workload: Workload) => ({
  workload,
  port: 1,
  keys: makeKeys(2),
  clients: 4,
  seconds: 3,
  folder: '/tmp/x',
})

test('the report of wrk is read', () => {
  expect(parseWrk(REPORT)).toEqual({
    requests: 273_912,
    perSecond: 54_456.12,
    p50Micros: 997,
    p90Micros: 1310,
    bad: 0,
  })
})

test('latencies of seconds are read', () => {
  expect(parseWrk(REPORT.replace('50%  997.00us', '50%    2.17s ')).p50Micros).toBe(2_170_000)
})

test('refused and broken requests are bad ones', () => {
  const more = '  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 100\nRequests/sec:'
  expect(parseWrk(REPORT.replace('Requests/sec:', more)).bad).toBe(110)
})

test('what is no report throws it', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:8080 Connection refused')).toThrow('Connection refused')
})

test('one caller sends its key and the body with each request', () => {
  const { command, files } = wrk.prepare(plan(WORKLOADS['post-1k']))
  expect(command.at(-1)).toBe('http://127.0.0.1:1/v1/items/42')
  expect(files['/tmp/x/load.body']).toHaveLength(1000)
  expect(files['/tmp/x/load.lua']).toContain(`wrk.headers["x-api-key"] = "${makeKeys(1)[0]?.secret}"`)
  expect(files['/tmp/x/load.lua']).toContain('/tmp/x/load.body')
})

test('many callers take turns', () => {
  const { files } = wrk.prepare(plan(WORKLOADS['many-keys']))
  expect(files['/tmp/x/load.keys']?.trim().split('\n')).toEqual(makeKeys(2).map(({ secret }) => secret))
  expect(files['/tmp/x/load.lua']).toContain('/tmp/x/load.keys')
})
