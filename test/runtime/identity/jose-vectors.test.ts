import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { verifySignature } from '../../../runtime/identity/algorithms.ts'
import { keysFor, readKeySet, type VerificationKey } from '../../../runtime/identity/key-set.ts'
import { parseToken } from '../../../runtime/identity/parse-token.ts'
import { group } from '../../support/group.ts'
import { SHARED_FOLDER } from '../../support/needs.ts'

const FOLDER = `${SHARED_FOLDER}/data/jose/jws`
const ASYMMETRIC = /^(RS|PS|ES)[0-9]+$|^EdDSA$/

interface Vector {
  readonly title: string
  readonly input: { readonly alg?: string | readonly string[]; readonly key: object | readonly object[] }
  readonly output: { readonly compact?: string }
}

/** Those with a text of three parts; the others are of forms that no token has. */
interface Compact {
  readonly title: string
  readonly algorithm: string
  readonly key: object
  readonly token: string
}

function compactVectors(): Compact[] {
  return readdirSync(FOLDER)
    .map((name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Vector)
    .flatMap(({ title, input: { alg, key }, output: { compact } }) =>
      compact === undefined || typeof alg !== 'string' || Array.isArray(key)
        ? []
        : [{ title, algorithm: alg, key, token: compact }],
    )
}

/** Its keys, whatever they are said to be for. */
async function keysOf({ key, algorithm }: Compact): Promise<VerificationKey[]> {
  return keysFor(await readKeySet(JSON.stringify({ keys: [key] })), null, algorithm)
}

/** The parts of a vector as they were signed: its payload is no claims set. */
function signatureOf(token: string): { readonly signed: string; readonly signature: Buffer } {
  const last = token.lastIndexOf('.')
  return { signed: token.slice(0, last), signature: Buffer.from(token.slice(last + 1), 'base64url') }
}

group('signatures of other projects', () => {
  const vectors = compactVectors()
  const asymmetric = vectors.filter(({ algorithm, token }) => ASYMMETRIC.test(algorithm) && !token.includes('..'))
  const others = vectors.filter(({ algorithm }) => !ASYMMETRIC.test(algorithm))

  test('there are some of each kind', () => {
    expect(new Set(asymmetric.map(({ algorithm }) => algorithm))).toEqual(new Set(['RS256', 'PS384', 'ES512', 'EdDSA']))
    expect(others.length).toBeGreaterThan(1)
  })

  test.each(asymmetric)('$title holds, and not with a bit turned anywhere', async (vector) => {
    const [key] = await keysOf(vector)
    if (key === undefined) throw new Error('its key is not read')
    const { signed, signature } = signatureOf(vector.token)
    expect(verifySignature(vector.algorithm, key.key, signed, signature)).toBe(true)
    for (let byte = 0; byte < signature.length; byte++) {
      const turned = Buffer.from(signature)
      turned[byte] = (turned[byte] ?? 0) ^ (1 << (byte & 7))
      expect(verifySignature(vector.algorithm, key.key, signed, turned)).toBe(false)
    }
    expect(verifySignature(vector.algorithm, key.key, signed.slice(0, -1), signature)).toBe(false)
  })

  test.each(asymmetric)('$title holds under no other algorithm', async (vector) => {
    const [key] = await keysOf(vector)
    const { signed, signature } = signatureOf(vector.token)
    const names = ['RS256', 'RS512', 'PS256', 'PS384', 'ES256', 'ES512', 'EdDSA', 'HS256', 'none']
    const holding = names.filter((name) => key !== undefined && verifySignature(name, key.key, signed, signature))
    expect(holding).toEqual([vector.algorithm])
  })

  test.each(others)('$title is signed with a secret, and no key of ours', async (vector) => {
    expect(await keysOf(vector)).toEqual([])
  })

  test.each(vectors)('$title is no token: its payload is no claims set', ({ token }) => {
    expect(parseToken(token)).toBeNull()
  })
})
