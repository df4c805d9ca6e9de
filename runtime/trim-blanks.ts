/**
 * Text without the spaces and tabs around it (RFC 9110, section 5.6.3). One pass from each end: the callers' headers come
 * here, and an expression would try each run of blanks again and again.
 */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (start < end && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
