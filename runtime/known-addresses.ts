import { addressText, counterWords, isSameAddress, readAddressBytes } from './address-words.ts'

/** An address in the forms that a request needs. */
export interface Address {
  readonly words: Int32Array
  /** In its one form. */
  readonly text: string
  /** What it is counted as. */
  readonly counterWords: Int32Array
  /** What upstreams are told of it as a peer that asked for one host in one way, the last ones. */
  forwardedScheme: string
  forwardedHost: string
  forwardingLines: string
}

/** Addresses seen lately, so that a caller's next request finds its forms made. */
export interface KnownAddresses {
  /** @param bytes What the engine says of a peer. */
  readonly ofPeer: (bytes: ArrayBuffer) => Address
  readonly ofWords: (words: Int32Array) => Address
}

/** A power of two. Each address has one place, which it shares: the last one stays. */
const PLACES = 4096
/** Multipliers that spread neighbouring addresses (Knuth's, and two odd ones). */
const SPREAD = [0x9e37_79b1, 0x85eb_ca6b, 0xc2b2_ae35] as const

export function createKnownAddresses(): KnownAddresses {
  const known: (Address | undefined)[] = new Array<Address | undefined>(PLACES).fill(undefined)
  const peer = new Int32Array(4)
  const ofWords = (words: Int32Array): Address => {
    const place = placeOf(words)
    const there = known[place]
    if (there !== undefined && isSameAddress(there.words, words)) return there
    const own = Int32Array.from(words)
    const address = {
      words: own,
      text: addressText(own),
      counterWords: counterWords(own),
      forwardedScheme: '',
      forwardedHost: '',
      forwardingLines: '',
    }
    known[place] = address
    return address
  }
  return {
    ofWords,
    ofPeer: (bytes) => {
      readAddressBytes(bytes, peer)
      return ofWords(peer)
    },
  }
}

function placeOf(words: Int32Array): number {
  const high = Math.imul(words[0] ?? 0, SPREAD[1]) ^ Math.imul(words[1] ?? 0, SPREAD[2])
  const mixed = Math.imul(high ^ (words[2] ?? 0) ^ Math.imul(words[3] ?? 0, SPREAD[0]), SPREAD[0])
  return (mixed ^ (mixed >>> 15)) & (PLACES - 1)
}
