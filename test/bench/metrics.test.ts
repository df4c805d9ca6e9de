import { expect, test } from 'vitest'
import { parseCounters } from './metrics.ts'

const TEXT = `# HELP http_server_request_duration_seconds Time until an answer was sent.
# TYPE http_server_request_duration_seconds histogram
http_server_request_duration_seconds_bucket{http_route="GET /a",le="0.005"} 7
http_server_request_duration_seconds_count{http_route="GET /a",http_response_status_code="200"} 40
http_server_request_duration_seconds_count{http_route="GET /b c",http_response_status_code="404"} 2
http_server_request_duration_seconds_count_more 1000
# TYPE keysmith_log_dropped_total counter
keysmith_log_dropped_total 3
`

test('requests are summed over all labels', () => {
  expect(parseCounters(TEXT)).toEqual({ requests: 42, dropped: 3 })
})

test('a series that is not there is not nought', () => {
  expect(parseCounters('up 1\n')).toEqual({ requests: NaN, dropped: NaN })
})
