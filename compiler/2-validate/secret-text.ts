import type { SecretPart, SecretText } from '../../schemas/config.ts'
import type { Pointer } from '../diagnostics/report.ts'

/** Text in which references to secrets may stand. */
export function secretText(at: Pointer, text: string): SecretText {
  return { at, parts: parseSecretText(text) }
}

/** Splits "Bearer ${secret:x}" at its references. */
export function parseSecretText(text: string): SecretPart[] {
  const parts: SecretPart[] = []
  let last = 0
  for (const match of text.matchAll(/\$\{(env|file|secret):([^}]+)\}/g)) {
    if (match.index > last) parts.push(text.slice(last, match.index))
    const from = match[1] === 'env' ? 'env' : match[1] === 'file' ? 'file' : 'secret'
    parts.push({ from, key: match[2] ?? '' })
    last = match.index + match[0].length
  }
  if (last < text.length) parts.push(text.slice(last))
  return parts
}
