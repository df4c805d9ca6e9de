import type { checkBodyDigests as realDigests } from '../check-body-digests.ts'
import type { signerOf as realSignerOf } from '../identity/signer-of.ts'
import type { loadSigners as realLoad } from '../identity/signers.ts'
import type { checkSigningSecrets as realSecrets } from '../identity/signing-secrets.ts'
import { absent } from './absent.ts'

/** For a table whose keys do not sign. */
export const checkSigningSecrets: typeof realSecrets = ({ signers }) =>
  signers.length === 0 ? undefined : absent('signed requests')

export const loadSigners: typeof realLoad = () => absent('signed requests')
export const signerOf: typeof realSignerOf = () => absent('signed requests')
export const checkBodyDigests: typeof realDigests = ({ signature }) =>
  signature === null ? null : absent('signed requests')
export const NOT_SIGNED = -1
export const CANNOT_REMEMBER = -2
