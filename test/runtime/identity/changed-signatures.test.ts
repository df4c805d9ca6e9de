import { beforeAll, expect, test } from 'vitest'
import { createRandom } from '../../parity/random.ts'
import { createDecider, type Decide } from '../../support/decider.ts'
import { signRequest, type SignedRequest } from '../../support/sign-request.ts'
import { PRIVATE_KEY, SHARED_SECRET, SIGNING_CONFIG, SIGNING_FILES } from '../../support/signing-config.ts'

const CHANGES = 3000
const CHARACTERS = [...'abzAZ019"\\=;:,()@-?&/%. \t~é']
const COVERED = ['@method', '@authority', '@path', '@query', 'x-note', 'host']

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(SIGNING_CONFIG, SIGNING_FILES)
})

/** Blanks around a value, and in a list of parameters, are not part of what is signed. */
function meansTheSame(a: SignedRequest, b: SignedRequest): boolean {
  const plain = ({ method, url, headers }: SignedRequest): string =>
    JSON.stringify([
      method,
      url,
      headers.map(([name, value]) => [name, name === 'signature' ? bytesOf(value) : spaced(value)]),
    ])
  return plain(a) === plain(b)
}

function spaced(value: string): string {
  return value.trim().replace(/; +/g, ';').replace(/\( +/g, '(').replace(/ +\)/g, ')').replace(/" +"/g, '" "')
}

/** Base64 has several forms of one text. */
function bytesOf(value: string): string {
  const [, label = '', base64 = ''] = /^\s*([^=]*)=:([^:]*):\s*$/.exec(value) ?? []
  return `${label} ${Buffer.from(base64, 'base64').toString('hex')}`
}

test('no change of one character in anything that is signed, or signs, makes another request that holds', () => {
  const random = createRandom(20_261_125)
  const { pick } = random
  const edit = (text: string): string => {
    const at = random.below(text.length + 1)
    const kind = pick(['insert', 'replace', 'remove', 'double'])
    const character = kind === 'double' ? (text[at] ?? 'x') : pick(CHARACTERS)
    const rest = kind === 'insert' || kind === 'double' ? text.slice(at) : text.slice(at + 1)
    return text.slice(0, at) + (kind === 'remove' ? '' : character) + rest
  }
  const held: string[] = []
  let refused = 0
  for (let i = 0; i < CHANGES; i++) {
    const key = i % 10 === 0 ? { keyId: 'paired', key: PRIVATE_KEY } : { keyId: 'shared', key: SHARED_SECRET }
    const request = {
      url: '/things/7?a=1&b=2',
      headers: [
        ['host', 'gateway.test'],
        ['x-note', 'hello, you'],
      ] as [string, string][],
    }
    const signed = signRequest(request, {
      ...key,
      components: COVERED,
      expires: 4_000_000_000,
      algorithm: key.keyId === 'paired' ? 'ed25519' : 'hmac-sha256',
    })
    const where = pick(['method', 'url', 'host', 'x-note', 'signature-input', 'signature-input', 'signature'])
    const headers = signed.headers.map(([name, value]) => [name, name === where ? edit(value) : value] as const)
    const changed: SignedRequest = {
      method: where === 'method' ? pick(['HEAD', 'POST', 'get']) : signed.method,
      url: where === 'url' ? '/' + edit(signed.url.slice(1)) : signed.url,
      headers,
    }
    if (meansTheSame(changed, signed)) continue
    const { refusal, route } = decide(changed)
    if (refusal === null && route?.isPublic !== true) held.push(JSON.stringify(changed))
    else refused++
    // What was changed has used nothing up.
    if (i % 50 === 0) expect(decide(signed).refusal).toBeNull()
  }
  expect(held).toEqual([])
  expect(refused).toBeGreaterThan(CHANGES * 0.8)
})
