import { queryPairs } from '../query.ts'
import { trimBlanks } from '../trim-blanks.ts'
import type { Component, MessageSignature } from './signature-fields.ts'

/** What signatures may cover of a request. */
export interface SignedMessage {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The host that was asked for, with its port, as it was sent. */
  readonly host: string
  /** As it was sent, not in its one form. */
  readonly path: string
  /** Behind the "?"; null without one. */
  readonly query: string | null
  /** All of them, by names in small letters, several lines of one joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
}

type QueryValues = ReadonlyMap<string, string | null>

/** Text that every signer turns into the same bytes. */
const ASCII = /^[\t\x20-\x7e]*$/
const DEFAULT_PORTS = { http: /:(?:80)?$/, https: /:(?:443)?$/ }
/** What a form's encoding escapes and encodeURIComponent does not. */
const NOT_IN_FORMS = /[!'()~]/g

/**
 * The text that is signed.
 *
 * @returns Null when a component is not in the message, or has no text that both sides would agree on.
 * @see RFC 9421, section 2.5.
 */
export function signatureBase(signature: MessageSignature, message: SignedMessage): string | null {
  let base = ''
  const needsQuery = signature.components.some(({ queryName }) => queryName !== null)
  const inQuery: QueryValues = needsQuery ? queryValues(message.query ?? '') : new Map()
  for (const component of signature.components) {
    const value = valueOf(component, message, inQuery)
    if (value === null || !ASCII.test(value)) return null
    base += `${component.identifier}: ${value}\n`
  }
  return `${base}"@signature-params": ${signature.parametersText}`
}

function valueOf({ name, queryName }: Component, message: SignedMessage, inQuery: QueryValues): string | null {
  if (queryName !== null) return inQuery.get(queryName) ?? null
  if (name.startsWith('@')) return Object.hasOwn(DERIVED, name) ? (DERIVED[name]?.(message) ?? null) : null
  const value = message.headers.get(name)
  return value === undefined ? null : trimBlanks(value)
}

const DERIVED: Readonly<Record<string, (message: SignedMessage) => string>> = {
  '@method': ({ method }) => method,
  '@scheme': ({ scheme }) => scheme,
  '@authority': authorityOf,
  '@path': pathOf,
  '@query': ({ query }) => `?${query ?? ''}`,
  '@target-uri': (message) =>
    `${message.scheme}://${authorityOf(message)}${pathOf(message)}${message.query === null ? '' : `?${message.query}`}`,
}

/** @see RFC 9421, section 2.2.3; RFC 9110, section 4.2.3: in small letters, without the port that goes without saying. */
function authorityOf({ host, scheme }: SignedMessage): string {
  return host.toLowerCase().replace(DEFAULT_PORTS[scheme], '')
}

function pathOf({ path }: SignedMessage): string {
  return path === '' ? '/' : path
}

/**
 * The parameters of a query, names and values encoded anew; null for a name that comes more than once, which cannot be
 * signed. Made once for all components: callers choose how many of both there are.
 *
 * @see RFC 9421, section 2.2.8.
 */
function queryValues(query: string): QueryValues {
  const values = new Map<string, string | null>()
  for (const [name, value] of queryPairs(query) ?? []) {
    const encoded = formEncoded(name)
    values.set(encoded, values.has(encoded) ? null : formEncoded(value))
  }
  return values
}

/** @see WHATWG URL Standard, section 1.3: the application/x-www-form-urlencoded percent-encode set. */
function formEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    NOT_IN_FORMS,
    (character) => '%' + character.charCodeAt(0).toString(16).toUpperCase(),
  )
}
