import type { ValidationError, Validator } from '../schemas/table.ts'
import { checkBlockBody } from './block/check-block.ts'
import type { Exchange } from './exchange.ts'
import { at } from './load-table.ts'
import { refuse, type Refusal } from './refusals.ts'
import { readStrictJson } from './strict-json.ts'

/** @see RFC 6839, section 3.1: the +json suffix; the only charset that JSON has is UTF-8. */
const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json *(?:; *charset="?utf-8"? *)?$/i
const NO_VALIDATOR = -1
const VIOLATIONS_MAX = 100

/** What can be said of a JSON body before it is read. */
export function checkBodyType({ contentType, contentEncoding, contentLength, chunked }: Exchange): Refusal | null {
  if (contentLength <= 0 && !chunked) return refuse('unreadable-body', { detail: 'There is no body.' })
  if (contentEncoding !== '')
    return refuse('unsupported-media-type', { detail: 'A body with a content coding is not taken here.' })
  if (JSON_TYPE.test(contentType)) return null
  return refuse('unsupported-media-type', { detail: 'The body must be application/json in UTF-8.' })
}

/** Holds a whole body against what JSON must be, and against its route's rules and schema if there are some. */
export function validateBody(exchange: Exchange, bytes: Uint8Array): Refusal | null {
  const json = readStrictJson(bytes)
  if (json.problem !== null) return refuse('unreadable-body', { detail: json.problem })
  const blocked = exchange.route?.row.block == null ? null : checkBlockBody(exchange, json.value)
  if (blocked !== null) return blocked
  const schema = exchange.route?.row.body ?? NO_VALIDATOR
  if (schema === NO_VALIDATOR) return null
  const validator = at<Validator>(exchange.table.table.validators.bodies, schema)
  if (validator(json.value)) return null
  const errors = (validator.errors ?? []).slice(0, VIOLATIONS_MAX).map(describe)
  return refuse('invalid-request', { members: { errors } })
}

/** @see RFC 6901, section 6: a pointer as a fragment. Half of a surrogate pair, which a name in JSON may be, has no UTF-8. */
function describe({ instancePath, message }: ValidationError): { pointer: string; detail: string } {
  const path = encodeURI(instancePath.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('#', '%23')
  return { pointer: '#' + path, detail: message ?? 'is not valid' }
}
