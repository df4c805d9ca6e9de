import { readStrictJson } from '../strict-json.ts'

/** A signed JWT taken apart. Nothing in it is to be believed yet. */
export interface Jws {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What was signed: the first two parts, as they were sent. */
  readonly signed: string
  readonly signature: Uint8Array
}

const PARTS = 3
const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Takes a JWT apart, as only one reader can: three parts in base64url that no other text decodes to, and JSON without a
 * member twice.
 *
 * @returns Null for what is not one.
 * @see RFC 7515, section 5.2.
 */
export function splitJws(text: string): Jws | null {
  const parts = text.split('.', PARTS + 1)
  const [headerText = '', claimsText = '', signatureText = ''] = parts
  if (parts.length !== PARTS) return null
  const header = decodeObject(headerText)
  const claims = decodeObject(claimsText)
  const signature = decode(signatureText)
  if (header === null || claims === null || signature === null) return null
  return { header, claims, signed: text.slice(0, headerText.length + 1 + claimsText.length), signature }
}

function decodeObject(text: string): Readonly<Record<string, unknown>> | null {
  const bytes = decode(text)
  if (bytes === null) return null
  const json = readStrictJson(bytes)
  return json.problem === null && isObject(json.value) ? json.value : null
}

/** Null where the text is not the one form that its bytes have. */
function decode(text: string): Buffer | null {
  if (!BASE64URL.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
