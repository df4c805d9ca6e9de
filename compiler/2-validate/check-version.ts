import type { Report } from '../diagnostics/report.ts'

/** The version of the config language that this compiler reads. */
const VERSION = 1

/**
 * Reports a config of another version of the language. One without a version, or with one that is no number at all, is left to
 * the schema.
 *
 * @returns False when it was reported: nothing else can be said of such a file.
 */
export function checkVersion(root: unknown, report: Report): boolean {
  const version = versionOf(root)
  if (version === null || version === VERSION) return true
  const params = { read: String(VERSION), version: JSON.stringify(version) }
  report('config-unknown-version', '/version', params, { hint: hintFor(version) })
  return false
}

function versionOf(root: unknown): number | string | null {
  if (typeof root !== 'object' || root === null || !('version' in root)) return null
  const { version } = root
  if (typeof version === 'number') return version
  return typeof version === 'string' && /^\d[\d.]{0,8}$/.test(version) ? version : null
}

function hintFor(version: number | string): string {
  const isLater = Number.isInteger(Number(version)) && Number(version) > VERSION
  return isLater
    ? `Install a Keysmith that reads version ${version}, or write the file for version ${VERSION}.`
    : `Write it so: version: ${VERSION}`
}
