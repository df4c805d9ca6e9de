import {
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto'
import type { SignerRow } from '../../schemas/identity-rows.ts'
import { textAt, type TextColumn } from '../keys/text-column.ts'

/** The keys that sign, and what stands in for one that is not known. */
export interface Signers {
  /** By key id. */
  readonly byKey: ReadonlyMap<string, Signer>
  /**
   * True when the bytes are the signer's signature of the text. What it costs depends on the length of the signature alone:
   * time must not tell which keys there are.
   */
  readonly holds: (signer: Signer | undefined, text: string, signature: Uint8Array) => boolean
}

export interface Signer {
  readonly row: SignerRow
  readonly key: KeyObject
}

const HMAC_BYTES = 32
const ED25519_BYTES = 64
/** What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * @param ids     Those of keys, by position in the table.
 * @param secrets By position in the table.
 */
export function loadSigners(signers: readonly SignerRow[], ids: TextColumn, secrets: readonly string[]): Signers {
  const byKey = new Map<string, Signer>()
  for (const row of signers) {
    byKey.set(textAt(ids, row.key), { row, key: keyOf(row, secrets) })
  }
  const nobodysSecret = createSecretKey(randomBytes(HMAC_BYTES))
  const { publicKey: nobodysKey } = generateKeyPairSync('ed25519')
  return {
    byKey,
    holds: (signer, text, signature) => {
      if (signature.length === HMAC_BYTES) {
        const isHis = signer?.row.algorithm === 'hmac-sha256'
        const wanted = createHmac('sha256', isHis ? signer.key : nobodysSecret)
          .update(text)
          .digest()
        return timingSafeEqual(wanted, signature) && isHis
      }
      if (signature.length !== ED25519_BYTES) return false
      const isHis = signer?.row.algorithm === 'ed25519'
      return verify(null, Buffer.from(text), isHis ? signer.key : nobodysKey, signature) && isHis
    },
  }
}

function keyOf({ algorithm, secret, publicKey: base64 }: SignerRow, secrets: readonly string[]): KeyObject {
  if (algorithm === 'ed25519') return publicKey(Buffer.from(base64, 'base64'))
  const value = secrets[secret]
  if (value === undefined) throw new RangeError(`there is no secret ${secret} where one is named`)
  return createSecretKey(value, 'latin1')
}

function publicKey(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_START, bytes]), format: 'der', type: 'spki' })
}
