import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { CommandFault, fileFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'

/** What a file of revocations says of keys. What it says of tokens is not looked at here. */
export interface Revocations {
  /** 64 hex digits each. */
  readonly digests: ReadonlySet<string>
  /** Ids, whatever their secrets. */
  readonly keys: ReadonlySet<string>
  /** Lines that gateways refuse, and the whole list with them. From 1. */
  readonly broken: readonly number[]
}

export const NO_REVOCATIONS: Revocations = { digests: new Set(), keys: new Set(), broken: [] }

/** As the runtime bounds it. */
const FILE_BYTES_MAX = 64 * 1024 * 1024
const DIGEST = /^sha256:([0-9a-f]{64})(?:[ \t]+#.*)?$/i
const KEY = /^key:([a-z0-9][a-z0-9-]*)(?:[ \t]+#.*)?$/
/** "<issuer>/<subject>"; an issuer alone is none. */
const SUBJECT = /^subject:(?!https?:\/\/[^/]*$)([^/].*\/.*)$/
const COMMENT_BEHIND = /[ \t]+#.*$/

/**
 * Reads a file of revocations; one that is not there revokes nothing.
 *
 * @throws A `CommandFault` when it cannot be read: what it revokes cannot be told then.
 */
export function readRevocations(path: string): Revocations {
  const text = readText(path)
  return text === null ? NO_REVOCATIONS : parseRevocations(text)
}

/** What a file of revocations says, line by line. */
export function parseRevocations(text: string): Revocations {
  const digests = new Set<string>()
  const keys = new Set<string>()
  const broken: number[] = []
  for (const [i, untrimmed] of text.split('\n').entries()) {
    const line = untrimmed.trim()
    if (line === '' || line.startsWith('#')) continue
    const digest = DIGEST.exec(line)?.[1]
    const key = KEY.exec(line)?.[1]
    if (digest !== undefined) digests.add(digest.toLowerCase())
    else if (key !== undefined) keys.add(key)
    else if (!isSubject(line)) broken.push(i + 1)
  }
  return { digests, keys, broken }
}

/** A subject may hold " #", and a comment may stand behind it: either way it has to be one. */
function isSubject(line: string): boolean {
  const subject = SUBJECT.exec(line)?.[1] ?? ''
  return [subject, subject.replace(COMMENT_BEHIND, '')].every(
    (text) => /\/[^/]+$/.test(text) && text.lastIndexOf('/') > 0,
  )
}

function readText(path: string): string | null {
  let descriptor: number | null = null
  try {
    // Without waiting: opening a named pipe would wait for somebody who writes.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw new CommandFault(EXIT.surroundings, `The revocations, ${path}, are no regular file.`)
    if (stats.size > FILE_BYTES_MAX)
      throw new CommandFault(EXIT.surroundings, `The revocations, ${path}, are longer than ${FILE_BYTES_MAX} bytes.`)
    return new TextDecoder().decode(readFileSync(descriptor))
  } catch (error) {
    if (error instanceof CommandFault) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw fileFault(`read ${path}`, error)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}
