import type { Secret, SecretPart } from '../../schemas/config.ts'
import type { Report, Where } from '../diagnostics/report.ts'
import type { LinkedSecret } from './linked.ts'
import { indexNames } from './name-index.ts'

export interface SecretIndex {
  /** The position of what a reference means; one that names the environment or a file itself gets a position of its own. */
  readonly resolve: (part: Exclude<SecretPart, string>, where: Where) => number
  readonly reportUnknown: (report: Report) => void
  /** The declared ones first. */
  readonly all: () => readonly LinkedSecret[]
}

export function linkSecrets(declared: readonly Secret[]): SecretIndex {
  const names = indexNames(
    'secret-unknown',
    declared.map((secret) => secret.name),
  )
  const all: LinkedSecret[] = [...declared]
  const direct = new Map<string, number>()
  return {
    resolve: ({ from, key }, where) => {
      if (from === 'secret') return names.resolve(key, where)
      const name = `${from}:${key}`
      const known = direct.get(name)
      if (known !== undefined) return known
      const at = typeof where === 'string' ? where : ''
      direct.set(name, all.length)
      return all.push({ at, name, from, key }) - 1
    },
    reportUnknown: names.reportUnknown,
    all: () => all,
  }
}
