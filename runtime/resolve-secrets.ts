import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { SecretRow, SecretTemplate, UpstreamRow } from '../schemas/table.ts'
import { StartFault } from './start-faults.ts'

/** A header's whole head has fewer; what is longer is not a secret but the wrong file. */
export const SECRET_BYTES_MAX = 16_384

/** Reads a file of at most so many bytes; a longer one is cut to one byte more. Throws as `node:fs` does. */
export type ReadSecretFile = (path: string, bytesMax: number) => string

/**
 * Reads the secrets that a table asks for. One line break at the end of a file is not part of its secret.
 *
 * @returns By position the value of each row. It must not get into logs, messages or answers.
 * @throws A `StartFault` that names all that are missing or cannot stand in a header, without a value.
 */
export function resolveSecrets(
  rows: readonly SecretRow[],
  environment: Readonly<Record<string, string | undefined>>,
  readFile: ReadSecretFile = readSecretFile,
): readonly string[] {
  const faults: string[] = []
  const values = rows.map((row) => {
    const found = row.from === 'env' ? fromEnvironment(row, environment) : fromFile(row, readFile)
    const fault = found.fault ?? faultOf(found.value)
    if (fault !== null) faults.push(`  ${row.name}: ${placeOf(row)} ${fault}`)
    return found.value
  })
  if (faults.length === 0) return values
  const count = faults.length === 1 ? 'A secret is' : `${faults.length} secrets are`
  throw new StartFault([`${count} missing or cannot be used:`, ...faults].join('\n'))
}

/** @throws A `RangeError` when a position leads nowhere: the secrets are not those of this template's table. */
export function fillTemplate(template: SecretTemplate, secrets: readonly string[]): string {
  return template.map((part) => (typeof part === 'string' ? part : secretAt(secrets, part.secret))).join('')
}

/** A template for people and labels: secrets by their names. */
export function showTemplate(template: SecretTemplate, rows: readonly SecretRow[]): string {
  const nameOf = (position: number): string => `\${secret:${rows[position]?.name ?? '?'}}`
  return template.map((part) => (typeof part === 'string' ? part : nameOf(part.secret))).join('')
}

/**
 * The addresses of an upstream with their secrets put in.
 *
 * @throws A `StartFault` that names the upstream and the target's place when one is no address of a target. The compiler has
 *         seen to those that are written in full, so only a secret can be at fault, and the value is not told.
 */
export function fillTargets({ name, targets }: UpstreamRow, secrets: readonly string[]): readonly string[] {
  return targets.map(({ url }, i) => {
    const filled = fillTemplate(url, secrets)
    const fault = targetFault(filled)
    if (fault === null) return filled
    throw new StartFault(`Target ${i + 1} of the upstream "${name}" ${fault}, once its secrets are put in.`)
  })
}

interface Found {
  readonly value: string
  readonly fault: string | null
}

function fromEnvironment({ key }: SecretRow, environment: Readonly<Record<string, string | undefined>>): Found {
  const value = Object.hasOwn(environment, key) ? environment[key] : undefined
  return value === undefined ? { value: '', fault: 'is not set' } : { value, fault: null }
}

function fromFile({ key }: SecretRow, readFile: ReadSecretFile): Found {
  try {
    const text = readFile(key, SECRET_BYTES_MAX)
    if (text.length > SECRET_BYTES_MAX) return { value: '', fault: `is longer than ${SECRET_BYTES_MAX} bytes` }
    return { value: text.replace(/\r?\n$/, ''), fault: null }
  } catch (error) {
    return { value: '', fault: FILE_FAULTS[codeOf(error)] ?? `cannot be read (${codeOf(error)})` }
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
  EINVAL: 'is not a regular file',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** A secret goes into a header or a URL: printable ASCII, which no recipient reads in another way or trims. */
function faultOf(value: string): string | null {
  if (value === '') return 'is empty'
  if (/[\r\n]/.test(value)) return 'has more than one line'
  if (!/^[\x20-\x7e]+$/.test(value)) return 'has characters that are not printable ASCII'
  return value.startsWith(' ') || value.endsWith(' ') ? 'begins or ends with a space' : null
}

function placeOf({ from, key }: SecretRow): string {
  return from === 'env' ? `the environment variable ${key}` : `the file ${JSON.stringify(key)}`
}

function secretAt(secrets: readonly string[], position: number): string {
  const secret = secrets[position]
  if (secret === undefined) throw new RangeError(`there is no secret ${position} where one is named`)
  return secret
}

function targetFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL'
  const { protocol, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither http nor https'
  if (username !== '' || password !== '' || /^[a-z]+:\/*[^/]*@/i.test(text)) return 'has a user in it'
  if (/[?#]/.test(text)) return 'has a query or a fragment'
  return /[\s\\]/.test(text) ? 'is not a URL' : null
}

/** Never waits: a pipe or a device is no file with a secret. */
function readSecretFile(path: string, bytesMax: number): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw Object.assign(new Error(path), { code: stats.isDirectory() ? 'EISDIR' : 'EINVAL' })
    const buffer = Buffer.alloc(bytesMax + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null)
    }
    // One character a byte: what is not ASCII is refused anyway.
    return buffer.toString('latin1', 0, length)
  } finally {
    closeSync(descriptor)
  }
}
