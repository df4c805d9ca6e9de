import { expect, test } from 'vitest'
import { readOptions } from '../../../runtime/bundle/read-options.ts'

test.each([
  ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  ['[::1]:0', { host: '::1', port: 0 }],
])('%s is an address to listen at', (text, listen) => {
  expect(readOptions(['--listen', text])).toEqual({ help: false, version: false, check: false, listen })
})

test.each(['8080', 'localhost:8080', '127.0.0.1', '127.0.0.1:65536', '[127.0.0.1]:1', '::1:1', '[::1]', ''])(
  '"%s" is none',
  (text) => {
    expect(() => readOptions(['--listen', text])).toThrow('--listen must be an IP address and a port')
  },
)

test('what is not known is refused, arguments without a name too', () => {
  expect(() => readOptions(['--admin', '127.0.0.1:1'])).toThrow("Unknown option '--admin'")
  expect(() => readOptions(['gateway.yaml'])).toThrow("Unexpected argument 'gateway.yaml'")
})
