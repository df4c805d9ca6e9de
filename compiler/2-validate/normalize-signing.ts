import type { Signing } from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import type { RawSigning } from './raw.ts'
import { parseSecretText } from './secret-text.ts'
import { parseDuration } from './units.ts'

const WINDOW = '5m'

/** The schema has seen to it that each algorithm has the member that it works with. */
export function normalizeSigning(at: Pointer, { algorithm, secret, publicKey, window }: RawSigning): Signing {
  const common = { at, windowMs: parseDuration(window ?? WINDOW) }
  if (algorithm === 'ed25519')
    return { ...common, algorithm, publicKey: { at: pointTo(at, 'publicKey'), text: publicKey ?? '' } }
  const [part] = parseSecretText(secret ?? '')
  if (typeof part !== 'object') throw new Error(`not a reference, though the schema let it through: ${at}`)
  return { ...common, algorithm, secret: { at: pointTo(at, 'secret'), ...part } }
}
