/**
 * The names and values of a query, decoded, in their order. "+" is a space.
 *
 * @returns Null when an escape is broken, or is not UTF-8.
 * @see WHATWG URL Standard, section 5.1: application/x-www-form-urlencoded.
 */
export function queryPairs(query: string): (readonly [name: string, value: string])[] | null {
  const pairs: (readonly [string, string])[] = []
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decode(part.slice(equals + 1))
    if (name === null || value === null) return null
    pairs.push([name, value])
  }
  return pairs
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // decodeURIComponent throws for a broken escape and says nothing more of it.
    return null
  }
}
