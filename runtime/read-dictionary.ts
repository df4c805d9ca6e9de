import { parseDictionary, type Dictionary } from 'structured-headers'

/**
 * Reads a structured field that is a dictionary.
 *
 * @returns Null when it is malformed: the library throws for that, and says nothing more that callers should know.
 * @see RFC 9651, section 3.2.
 */
export function readDictionary(field: string): Dictionary | null {
  try {
    return parseDictionary(field)
  } catch {
    return null
  }
}
