import { readFileSync, writeFileSync } from 'node:fs'

/** Exchanges a stretch of a file, which must be there. */
export function editFile(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
  writeFileSync(path, text.replace(from, to))
}
