/** What one line of a file of revocations revokes; null for one that revokes nothing. */
export type RevocationLine =
  | { readonly digest: string }
  | { readonly key: string }
  /** A subject may hold " #", and a comment may stand behind it: then it is meant with it and without. */
  | { readonly subjects: readonly string[] }
  | null

const DIGEST = /^sha256:([0-9a-f]{64})(?:[ \t]+#.*)?$/i
const KEY = /^key:([a-z0-9][a-z0-9-]*)(?:[ \t]+#.*)?$/
/** An issuer alone would be a subject of "https:/". */
const SUBJECT = /^subject:(?!https?:\/\/[^/]*$)([^/].*\/.*)$/

/**
 * Reads one line, without its line break.
 *
 * @returns Undefined for one that is broken.
 */
export function parseLine(text: string): RevocationLine | undefined {
  // A byte order mark is blank, too.
  const line = text.trim()
  if (line === '' || line.startsWith('#')) return null
  const digest = DIGEST.exec(line)?.[1]
  if (digest !== undefined) return { digest: digest.toLowerCase() }
  const key = KEY.exec(line)?.[1]
  if (key !== undefined) return { key }
  const subject = SUBJECT.exec(line)?.[1]
  if (subject === undefined) return undefined
  const bare = subject.replace(/[ \t]+#.*$/, '')
  const subjects = bare === subject ? [subject] : [subject, bare]
  return subjects.every(isSubject) ? { subjects } : undefined
}

/** An issuer, a slash and a subject. */
function isSubject(text: string): boolean {
  const slash = text.lastIndexOf('/')
  return slash > 0 && slash < text.length - 1
}
