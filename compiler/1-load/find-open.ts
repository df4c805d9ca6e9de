/** A bracket or quote that a text opens and never closes. */
export interface OpenMark {
  readonly mark: '{' | '[' | '"' | "'"
  readonly at: number
  /** A comment that begins inside it, where the rest of the line was meant to go on; else null. */
  readonly cutAt: number | null
}

/**
 * Finds the innermost bracket, or the quote, that is still open at the end of a text that does not parse. A reading of the
 * text as people write it, not a parser: brackets and quotes count where a value begins, and brackets anywhere inside others.
 */
export function findOpen(text: string): OpenMark | null {
  const open: { mark: '{' | '['; at: number; cutAt: number | null }[] = []
  let valueBegins = true
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '#' && (at === 0 || /\s/.test(text.charAt(at - 1)))) {
      const top = open.at(-1)
      if (top !== undefined) top.cutAt ??= at
      at = lineEnd(text, at) - 1
      continue
    }
    if ((character === '"' || character === "'") && valueBegins) {
      const close = closeOf(text, at, character)
      if (close < 0) return { mark: character, at, cutAt: null }
      at = close
      valueBegins = false
      continue
    }
    if ((character === '{' || character === '[') && (valueBegins || open.length > 0)) {
      open.push({ mark: character, at, cutAt: null })
      valueBegins = true
    } else if (character === '}' || character === ']') open.pop()
    else if (character === '\n') valueBegins = true
    else if (/\S/.test(character)) valueBegins = beginsValue(text, at, open.length > 0)
  }
  return open.at(-1) ?? null
}

/** Behind "name: ", behind "- ", and inside brackets behind a comma. */
function beginsValue(text: string, at: number, isInside: boolean): boolean {
  const character = text.charAt(at)
  if (character === ',') return isInside
  return (character === ':' || character === '-') && /\s/.test(text.charAt(at + 1))
}

function closeOf(text: string, at: number, quote: '"' | "'"): number {
  for (let i = at + 1; i < text.length; i++) {
    const character = text.charAt(i)
    if (quote === '"' && character === '\\') i++
    else if (quote === "'" && character === "'" && text.charAt(i + 1) === "'") i++
    else if (character === quote) return i
  }
  return -1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
