import { serializeInnerList, serializeItem, type Dictionary, type InnerList } from 'structured-headers'
import { readDictionary } from '../read-dictionary.ts'

/** One part of a message that a signature covers. */
export interface Component {
  /** A field's name in small letters, or a derived one such as "@method". */
  readonly name: string
  /** Of "@query-param": which one. */
  readonly queryName: string | null
  /** As it stands in the signature base: `"@query-param";name="a"`. */
  readonly identifier: string
}

/** One signature of a message and what it says of itself (RFC 9421, section 4). */
export interface MessageSignature {
  readonly components: readonly Component[]
  /** By name; a text, a number, a boolean or what else structured fields know. */
  readonly parameters: ReadonlyMap<string, unknown>
  /** What the signature base ends with. */
  readonly parametersText: string
  readonly bytes: Uint8Array
}

/** So many signatures of one message are looked at. */
const SIGNATURES_MAX = 4
const COMPONENTS_MAX = 64

/**
 * Reads the signatures of a message.
 *
 * @param inputs     Signature-Input, several lines joined by a comma.
 * @param signatures Signature, likewise.
 * @returns Null when one of them is malformed, or when they do not have the same labels.
 */
export function readSignatures(inputs: string, signatures: string): readonly MessageSignature[] | null {
  const lists = readDictionary(inputs)
  const values = readDictionary(signatures)
  if (lists === null || values === null || lists.size !== values.size || lists.size > SIGNATURES_MAX) return null
  const read: MessageSignature[] = []
  for (const [label, list] of lists) {
    const [bytes] = values.get(label) ?? []
    if (!(bytes instanceof ArrayBuffer) || !isInnerList(list)) return null
    const signature = signatureOf(list, new Uint8Array(bytes))
    if (signature === null) return null
    read.push(signature)
  }
  return read
}

function signatureOf(list: InnerList, bytes: Uint8Array): MessageSignature | null {
  const [items, parameters] = list
  if (items.length > COMPONENTS_MAX) return null
  const components: Component[] = []
  for (const item of items) {
    const [name, flags] = item
    const queryName = flags.get('name') ?? null
    if (typeof name !== 'string' || (queryName !== null && typeof queryName !== 'string')) return null
    // Nothing but the name of a query's parameter: other flags change what is covered, and are not known here.
    if (flags.size !== (name === '@query-param' ? 1 : 0)) return null
    if ((name === '@query-param') !== (queryName !== null)) return null
    components.push({ name, queryName, identifier: serializeItem(item) })
  }
  if (new Set(components.map(({ identifier }) => identifier)).size !== components.length) return null
  return { components, parameters, parametersText: serializeInnerList(list), bytes }
}

function isInnerList(member: ReturnType<Dictionary['get']>): member is InnerList {
  return Array.isArray(member?.[0])
}
