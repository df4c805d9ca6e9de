import type { SecretTemplate } from '../../schemas/table.ts'
import type { LinkedText } from '../3-link/linked.ts'

/** Text in which the runtime puts secrets. */
export function toTemplate(text: LinkedText): SecretTemplate {
  return text.map((part) => (typeof part === 'string' ? part : { secret: part.secret }))
}
