import type { LinkedConfig, LinkedKey, LinkedSigning } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import { canAnybodySign, publicKeyBytes } from '../public-key.ts'

/** A key that signs its requests has nothing but its signatures, and they prove something. */
export function signingKeys({ keys, tenants }: LinkedConfig, report: Report): void {
  for (const key of keys) {
    if (key.signing === null) continue
    checkAlone(key, report)
    checkPublicKey(key.id, key.signing, report)
    // Its team could have the gateway read, and prove to know, any secret that it has.
    const isOwnFile = tenants[key.tenant]?.include !== null
    if (isOwnFile && key.signing.algorithm === 'hmac-sha256')
      report('tenant-file-decides', { key: pointTo(key.signing.at, 'secret') }, { key: 'secret' })
  }
}

function checkAlone({ at, id, digest, retiring, imported }: LinkedKey, report: Report): void {
  const related = [{ message: 'how it signs', where: { key: pointTo(at, 'signing') } }]
  const beside = { digest: digest !== null, retiring: retiring !== null, imported }
  for (const [member, isThere] of Object.entries(beside))
    if (isThere) report('signing-beside-secret', { key: pointTo(at, member) }, { id, member }, { related })
}

function checkPublicKey(id: string, signing: LinkedSigning, report: Report): void {
  if (signing.algorithm !== 'ed25519') return
  const { at, text } = signing.publicKey
  const bytes = publicKeyBytes(text)
  if (bytes === null) {
    const hint = 'Print it with: openssl pkey -in private.pem -pubout -outform DER | base64'
    report('signing-key-wrong', at, { id, problem: 'is not 32 bytes in base64' }, { hint })
  } else if (canAnybodySign(bytes)) {
    report('signing-key-wrong', at, { id, problem: 'is one for which anybody can sign' })
  }
}
