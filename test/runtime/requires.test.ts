import { beforeAll, describe, expect, test } from 'vitest'
import { authorize } from '../../runtime/authorize.ts'
import type { Authentication } from '../../runtime/caller.ts'
import type { Refusal } from '../../runtime/refusals.ts'
import { checkText } from '../support/check.ts'
import { createDecider, type Decide } from '../support/decider.ts'
import { lowerRequirement } from '../../compiler/5-lower/requirements.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'

const SECRET = makeSecret('acme', 'live', 'a')

const config = (route: string, access = 'authenticated'): string => `version: 1
gateway: { name: acme, listen: "127.0.0.1:0", admin: "127.0.0.1:0", keys: { prefix: acme } }
upstreams: { origin: { targets: [http://127.0.0.1:9000] } }
scopes: { read: Read }
apis:
  things:
    basePath: /things
    upstream: origin
    access: ${access}
    routes:
      GET /: ${route}
tenants:
  globex:
    plan: small
    keys: { a: { digest: "${digestOf(SECRET)}", scopes: [read], expires: 2099-01-01 } }
plans: { small: { rate: 1/min, burst: 3 } }
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(config('{ scope: read }'))
})

/** What a caller that proved itself so is told by a route that asks for this. */
function told(requires: { readonly mfa?: true; readonly acr?: string[] }, proof: Authentication): Refusal | null {
  const exchange = decide({ url: '/things', headers: [['x-api-key', SECRET]] })
  const { caller, route } = exchange
  if (caller === null || route === null) throw new Error('the key opens this')
  const row = { ...route.row, requires: lowerRequirement({ at: '', mfa: false, acr: [], ...requires }) }
  exchange.caller = { ...caller, authentication: proof }
  exchange.route = { ...route, row }
  return authorize(exchange)
}

describe('a route that requires a stronger authentication', () => {
  const both = { mfa: true, acr: ['urn:a', 'urn:b'] } as const
  const cases = [
    { requires: { mfa: true }, proof: { mfa: true, acr: null }, opens: true },
    { requires: { mfa: true }, proof: { mfa: false, acr: 'urn:a' }, opens: false },
    { requires: { acr: ['urn:a'] }, proof: { mfa: false, acr: 'urn:a' }, opens: true },
    { requires: { acr: ['urn:a', 'urn:b'] }, proof: { mfa: false, acr: 'urn:b' }, opens: true },
    { requires: { acr: ['urn:a'] }, proof: { mfa: true, acr: 'urn:A' }, opens: false },
    { requires: { acr: ['urn:a'] }, proof: { mfa: true, acr: 'urn:a urn:b' }, opens: false },
    { requires: { acr: ['urn:a'] }, proof: { mfa: true, acr: '' }, opens: false },
    { requires: { acr: ['urn:a'] }, proof: { mfa: true, acr: null }, opens: false },
    { requires: { ...both, acr: [...both.acr] }, proof: { mfa: true, acr: 'urn:b' }, opens: true },
    { requires: { ...both, acr: [...both.acr] }, proof: { mfa: false, acr: 'urn:b' }, opens: false },
    { requires: { ...both, acr: [...both.acr] }, proof: { mfa: true, acr: null }, opens: false },
  ] as const
  test.each(cases)('%j', ({ requires, proof, opens }) => {
    const refusal = told('acr' in requires ? { ...requires, acr: [...requires.acr] } : requires, proof)
    expect(refusal?.code ?? null).toBe(opens ? null : 'stronger-authentication-required')
  })

  test('says how to get in, in the words of RFC 9470', () => {
    const weak = { mfa: false, acr: null }
    expect(told({ acr: ['urn:a', 'urn:b'] }, weak)).toMatchObject({
      status: 401,
      headers: 'www-authenticate: Bearer error="insufficient_user_authentication", acr_values="urn:a urn:b"\r\n',
    })
    expect(told({ mfa: true }, weak)?.headers).toBe(
      'www-authenticate: Bearer error="insufficient_user_authentication", error_description="A second factor is needed"\r\n',
    )
  })

  test('takes a unit of the rate of whoever it refuses', async () => {
    decide = await createDecider(config('{ scope: read }'))
    const call = () => decide({ url: '/things', headers: [['x-api-key', SECRET]] }).refusal?.code
    // One for the key that was let in, one for the caller that was not, of three.
    told({ mfa: true }, { mfa: false, acr: null })
    expect([call(), call()]).toEqual([undefined, 'rate-exceeded'])
  })

  test('is told of where nobody could ever meet it, and where nobody is asked who they are', () => {
    const codes = (yaml: string) => checkText(yaml).map(({ code }) => code)
    expect(codes(config('{ scope: read, requires: { mfa: true } }'))).toEqual(['requirement-never-met'])
    const open = config('{ requires: { mfa: true }, limits: { rate: 1/s, per: address } }', 'public')
    expect(codes(open)).toContain('public-asks-nobody')
    expect(codes(open)).not.toContain('requirement-never-met')
  })

  test.each(['"a b"', "'a\"b'", "'a\\b'", '"é"', '""'])(
    'names no class such as %s, which a header cannot say',
    (acr) => {
      const [problem] = checkText(config(`{ scope: read, requires: { acr: [${acr}] } }`))
      expect(problem?.code).toMatch(/^config-(wrong-form|out-of-range)$/)
    },
  )
})
