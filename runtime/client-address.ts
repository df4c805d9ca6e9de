import { isSameAddress, parseAddressWords } from './address-words.ts'
import { isInTree, type PrefixTree } from './prefix-tree.ts'
import { trimBlanks } from './trim-blanks.ts'

/** An element of a list header and where the one before it ends; below 0 when it was the first. */
interface Element {
  readonly text: string
  readonly rest: number
}

/** Reads the last element of a list that ends at `end`. */
type LastElement = (list: string, end: number) => Element

/** Reads the address of one hop; null for anything that is not an address. */
type HopOf = (element: string) => Int32Array | null

/**
 * Finds the address that a request comes from. A hop is believed only while the one that reported it is a trusted proxy, so
 * the list is read from the right; the first hop that is not trusted is the client. What is no address ends the walk at the
 * last hop that was one. Where both headers came and disagree, neither is believed.
 *
 * @param peer         Who opened the connection.
 * @param forwardedFor X-Forwarded-For, several lines joined by a comma; empty when there is none.
 * @param forwarded    Forwarded (RFC 7239), likewise.
 */
export function clientAddress(
  peer: Int32Array,
  forwardedFor: string,
  forwarded: string,
  trusted: PrefixTree,
): Int32Array {
  if (forwardedFor === '' && forwarded === '') return peer
  if (!isInTree(trusted, peer)) return peer
  if (forwarded === '') return walk(peer, forwardedFor, trusted, lastPlain, hopOf)
  const client = walk(peer, forwarded, trusted, lastQuoted, hopOfForwarded)
  if (forwardedFor === '') return client
  return isSameAddress(client, walk(peer, forwardedFor, trusted, lastPlain, hopOf)) ? client : peer
}

function walk(peer: Int32Array, list: string, trusted: PrefixTree, lastElement: LastElement, read: HopOf): Int32Array {
  let client = peer
  let end = list.length
  while (end >= 0 && isInTree(trusted, client)) {
    const { text, rest } = lastElement(list, end)
    const hop = read(text)
    if (hop === null) return client
    client = hop
    end = rest
  }
  return client
}

function lastPlain(list: string, end: number): Element {
  const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
  return { text: trimBlanks(list.slice(comma + 1, end)), rest: comma }
}

/**
 * Commas in quotes do not count. Read from the right, so that an open quote in what a caller sent cannot swallow what the
 * proxies behind it added; a backslash, which no address needs, makes its element unreadable.
 */
function lastQuoted(list: string, end: number): Element {
  let quoted = false
  for (let i = end - 1; i >= 0; i--) {
    const character = list[i]
    if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) return { text: trimBlanks(list.slice(i + 1, end)), rest: i }
  }
  return { text: trimBlanks(list.slice(0, end)), rest: -1 }
}

/** One `name=value` and the semicolon behind it (RFC 7239, section 4). */
const PAIR = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([!#$%&'*+.^_`|~0-9A-Za-z-]+|"[^"\\]*")(;|$)/y

function hopOfForwarded(element: string): Int32Array | null {
  const node = pairOf(element, 'for')
  return node === null ? null : hopOf(node)
}

/** What the last hop says in Forwarded under a name; null when it says nothing, or twice, or is malformed. */
export function forwardedPair(forwarded: string, name: string): string | null {
  return pairOf(lastQuoted(forwarded, forwarded.length).text, name)
}

function pairOf(element: string, wanted: string): string | null {
  let found: string | null = null
  let at = 0
  while (at < element.length) {
    PAIR.lastIndex = at
    const pair = PAIR.exec(element)
    if (pair === null) return null
    const [all, name = '', value = ''] = pair
    at += all.length
    if (name.toLowerCase() !== wanted) continue
    if (found !== null) return null
    found = value.startsWith('"') ? value.slice(1, -1) : value
  }
  return found
}

/** An IPv6 address in brackets, or an IPv4 address, with a port. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5})$/

function hopOf(text: string): Int32Array | null {
  const match = WITH_PORT.exec(text)
  if (match === null) return parseAddressWords(text)
  const [, bracketed, dotted = ''] = match
  if (bracketed === undefined) return parseAddressWords(dotted)
  return bracketed.includes(':') ? parseAddressWords(bracketed) : null
}
