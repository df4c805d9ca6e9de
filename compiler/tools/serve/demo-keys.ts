import { readFile } from '../../1-load/read-file.ts'
import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import { digestOf } from '../keys/make-secret.ts'

/** A key of the config whose secret is known here. */
export interface DemoKey {
  readonly key: LinkedKey
  readonly secret: string
}

/**
 * The keys of a config whose secrets lie in a file beside it, `{ "keys": { "<name>": { "secret", "digest" } } }`. Those whose
 * digest no key has are left out: what counts is the config.
 */
export function readDemoKeys(path: string, config: LinkedConfig): DemoKey[] {
  const read = readFile(path)
  if (!('text' in read)) return []
  const secrets = new Map(secretsIn(parseJson(read.text)).map((secret) => [digestOf(secret), secret]))
  return config.keys.flatMap((key) => {
    const secret = key.digest === null ? undefined : secrets.get(`sha256:${key.digest.sha256}`)
    return secret === undefined ? [] : [{ key, secret }]
  })
}

function secretsIn(file: unknown): string[] {
  return Object.values(membersOf(membersOf(file)['keys'])).flatMap((entry) => {
    const { secret, digest } = membersOf(entry)
    return typeof secret === 'string' && digestOf(secret) === digest ? [secret] : []
  })
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Undefined for what is no JSON: such a file is not ours. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
