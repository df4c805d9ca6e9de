import { expect, test } from 'vitest'
import { checkText } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'

interface Case {
  readonly yaml: string
  /** "code line:column message [hint]", one each. */
  readonly told: readonly string[]
}

const gateway = (settings: string): string =>
  `version: 1\ngateway: { name: acme, listen: 127.0.0.1:8080, ${settings} }\n`
const key = (members: string): string => orderConfig({ rest: tenantWithKey(members) })

test.each<[string, Case]>([
  [
    'a misspelt name is not also a missing one',
    {
      yaml: 'version: 1\ngateway: { nam: acme, listen: 127.0.0.1:8080 }\n',
      told: ['config-unknown-key 2:12 There is no key "nam" here. [Did you mean "name"?]'],
    },
  ],
  [
    'a name that is like no other is shown what there is',
    {
      yaml: gateway('requests: { colour: red }'),
      told: ['config-unknown-key 2:60 There is no key "colour" here. [Known here: body, headers, url, timeout.]'],
    },
  ],
  [
    'what is in a PEM file stands in no config, and is not shown',
    {
      yaml: 'version: 1\ngateway:\n  name: acme\n  listen:\n    address: 127.0.0.1:8443\n    tls:\n      cert: ./c.pem\n      key: "-----BEGIN PRIVATE KEY-----MIGHAgEA"\n',
      told: ['config-wrong-form 8:12 "key: …" is not the path of a PEM file.'],
    },
  ],
  [
    'a misspelt name and a missing one are two mistakes',
    {
      yaml: 'version: 1\ngateway: { nam: acme }\n',
      told: [
        'config-missing-key 2:1 "gateway" needs "listen".',
        'config-unknown-key 2:12 There is no key "nam" here. [Did you mean "name"?]',
      ],
    },
  ],
  [
    'of several shapes the one that was meant is held against',
    {
      yaml: gateway('admin: x').replace('127.0.0.1:8080', '{ adress: 127.0.0.1:8080 }').replace(', admin: x', ''),
      told: ['config-unknown-key 2:34 There is no key "adress" here. [Did you mean "address"?]'],
    },
  ],
  [
    'an item of a list is called by the list',
    {
      yaml: gateway('keys: { prefix: acme, accept: [live, tset] }'),
      told: ['config-unknown-value 2:85 "accept: tset" is none of: live, test. [Did you mean "test"?]'],
    },
  ],
  [
    'a number without its unit is told how to write it',
    {
      yaml: gateway('requests: { body: 1000 }'),
      told: [
        'config-unit-missing 2:66 "body: 1000" has no unit; it must be a size with its unit, such as 64KB, 1MB or 16KiB. [Write the unit: body: 1000KB]',
      ],
    },
  ],
  [
    'a text where a number belongs',
    {
      yaml: gateway('instances: many'),
      told: ['config-wrong-type 2:59 "instances" must be a whole number, not text.'],
    },
  ],
  [
    'a number where a text belongs',
    {
      yaml: key('        expires: 2099-01-01\n        metadata: { tier: 1 }\n'),
      told: ['config-wrong-type 24:27 "tier" must be text, not the number 1. [Put it in quotes: "1".]'],
    },
  ],
  [
    'a list that is empty says nothing',
    {
      yaml: gateway('trustedProxies: []'),
      told: ['config-out-of-range 2:48 "trustedProxies" is empty: leave it out, or write what is meant.'],
    },
  ],
  [
    'a list that says the same twice',
    {
      yaml: gateway('trustedProxies: [10.0.0.0/8, 10.0.0.0/8]'),
      told: ['config-out-of-range 2:48 "trustedProxies" names the same twice (items 1 and 2).'],
    },
  ],
  [
    'a quantity that nobody means',
    {
      yaml: gateway('requests: { timeout: 999d }'),
      told: ['config-out-of-range 2:69 "timeout" must be at most 366d.'],
    },
  ],
  [
    'a count below one',
    { yaml: gateway('instances: 0'), told: ['config-out-of-range 2:59 "instances" must be at least 1.'] },
  ],
  [
    'a key without a digest',
    {
      yaml: key('').replace(/ {8}digest: .*\n/, '        expires: 2099-01-01\n'),
      told: ['config-missing-key 21:7 "web" needs "digest" or "signing".'],
    },
  ],
  [
    'a misspelt digest is not also a missing one',
    {
      yaml: key('        expires: 2099-01-01\n').replace('digest:', 'digset:'),
      told: ['config-unknown-key 22:9 There is no key "digset" here. [Did you mean "digest"?]'],
    },
  ],
  [
    'a burst without a rate',
    {
      yaml: orderConfig({ rest: 'plans:\n  free: { burst: 5 }\n' }),
      told: ['config-missing-key 19:3 "free" needs "rate".'],
    },
  ],
  [
    'a method that does not exist',
    {
      yaml: orderConfig({ routes: '      GTE /: { scope: read }\n' }),
      told: [
        'config-wrong-name 17:7 "GTE /" is not a method (GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or ANY), a space and a path, such as GET /{orderId}. [Did you mean "GET"?]',
      ],
    },
  ],
  [
    'what is not supported hides what is wrong inside no more than itself',
    {
      yaml: gateway('cache: { size: 64 }'),
      told: [
        'not-supported-yet 2:48 "cache" is part of the language, but this version of Keysmith does not honour it yet.',
        'config-unit-missing 2:63 "size: 64" has no unit; it must be a size with its unit, such as 64KB, 1MB or 16KiB. [Write the unit: size: 64KB]',
      ],
    },
  ],
  [
    'a value that is not supported, of a name that is',
    {
      yaml: orderConfig({ upstream: '    balance: random-two\n' }),
      told: [
        'not-supported-yet 9:14 "balance: random-two" is part of the language, but this version of Keysmith does not honour it yet.',
      ],
    },
  ],
  [
    'a file that is a list',
    { yaml: '- version: 1\n', told: ['config-wrong-type 1:1 "the file" must be a mapping (name: value), not a list.'] },
  ],
])('%s', (_, { yaml, told }) => {
  const lines = checkText(yaml).map(
    ({ code, place, message, hint }) =>
      `${code} ${place.line}:${place.column} ${message}${hint === undefined ? '' : ` [${hint}]`}`,
  )
  expect(lines).toEqual(told)
})
