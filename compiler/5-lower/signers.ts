import type { SignerRow } from '../../schemas/identity-rows.ts'
import type { LinkedConfig, LinkedKey } from '../3-link/linked.ts'
import { publicKeyBytes } from '../4-check/public-key.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'

export interface LoweredSigners {
  readonly rows: readonly SignerRow[]
  readonly places: readonly Pointer[]
}

/** What signatures are verified with. */
export function lowerSigners({ keys }: LinkedConfig): LoweredSigners {
  const placed = keys.flatMap((key, position) => signerOf(key, position))
  return { rows: placed.map(({ row }) => row), places: placed.map(({ at }) => at) }
}

function signerOf({ at, signing }: LinkedKey, key: number): { row: SignerRow; at: Pointer }[] {
  if (signing === null) return []
  const { algorithm, windowMs } = signing
  const secret = algorithm === 'hmac-sha256' ? signing.secret : -1
  const publicKey = algorithm === 'ed25519' ? publicKeyOf(signing.publicKey.text) : ''
  return [{ row: { key, algorithm, secret, publicKey, windowMs }, at: pointTo(at, 'signing') }]
}

function publicKeyOf(text: string): string {
  const bytes = publicKeyBytes(text)
  if (bytes === null) throw new Error('check has let a public key through that is none')
  return Buffer.from(bytes).toString('base64')
}
