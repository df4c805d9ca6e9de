import { readFileSync } from 'node:fs'
import { SHARED_FOLDER } from '../../support/needs.ts'

/** The bytes of one connection, and what may become of them. */
export interface RawCase {
  readonly name: string
  readonly bytes: Buffer
  /** `reject`: a server must; `accept`: it must not; `either`: it may. */
  readonly expect: 'reject' | 'accept' | 'either'
  /** What a strict server reads in them, in order: the requests that are complete before any fault. */
  readonly requests: readonly RawRequest[]
  /** True for bytes whose rest never comes: nobody need answer them. */
  readonly isUnfinished: boolean
}

export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly bodyBytes: number
}

interface SharedCase {
  readonly name: string
  readonly raw_base64: string
  readonly expect: RawCase['expect']
  readonly oracle: { readonly requests: readonly { method: string; target: string; body_len: number }[] }
}

/** The cases that other projects gathered. Some share a name. */
export function sharedCases(): RawCase[] {
  const text = readFileSync(`${SHARED_FOLDER}/data/http-raw/cases.json`, 'utf8')
  // Safe: the folder's README says what the file holds.
  const cases = JSON.parse(text) as readonly SharedCase[]
  return cases.map(({ name, raw_base64, expect, oracle }) => ({
    name,
    bytes: Buffer.from(raw_base64, 'base64'),
    expect,
    requests: oracle.requests.map(({ method, target, body_len }) => ({ method, target, bodyBytes: body_len })),
    isUnfinished: expect !== 'reject' && oracle.requests.length === 0,
  }))
}

/** The same bytes with a body that says it is JSON: it is read as far as it goes where others would be refused unread. */
export function asJson(raw: RawCase): RawCase {
  const text = raw.bytes.toString('latin1').replace('application/x-www-form-urlencoded', 'application/json')
  const type = 'Content-Type: application/json\r\n'
  const typed = /^content-type:/im.test(text) ? text : text.replace(/^host: a\r\n/im, (host) => host + type)
  return { ...raw, name: `${raw.name}, as JSON`, bytes: Buffer.from(typed, 'latin1') }
}
