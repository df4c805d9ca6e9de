/** Attacks hide behind codings that somebody behind the gateway undoes. So often each of them is undone here. */
const ROUNDS = 3

const PERCENT = /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/gi
const ESCAPE = /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/gi
/** @see WHATWG HTML, section 13.5: the semicolon may be missing. */
const ENTITY =
  /&(?:#x([0-9a-f]+)|#([0-9]+)|(lt|gt|quot|apos|amp|colon|tab|newline|lpar|rpar|sol|equals|nbsp|num|semi|grave|comma));?/gi
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  colon: ':',
  tab: ' ',
  newline: ' ',
  lpar: '(',
  rpar: ')',
  sol: '/',
  equals: '=',
  nbsp: ' ',
  num: '#',
  semi: ';',
  grave: '`',
  comma: ',',
}
const CODE_POINT_MAX = 0x10_ffff
const NOT_ASCII = /[^\n\x20-\x7e]/
/** Characters that show nothing, and that some readers pass over. */
const UNSEEN = /[\0\u00ad\u200b-\u200f\u2060\ufeff]/g
const BLANK = /[\x01-\x09\x0b-\x1f\x7f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
const FULL_WIDTH = /[\uff01-\uff5e]/g
const FULL_WIDTH_OFFSET = 0xfee0
const BLANKS = / {2,}/g

/**
 * Lines of text as patterns see them: small letters, one blank for any blanks, with percent escapes, escapes of strings in
 * programs, entities of HTML and full-width forms undone. Time grows with the text's length. Lines stay lines: no coding
 * brings in a line break.
 */
export function plainText(lines: string): string {
  let text = lines
  for (let round = 0; round < ROUNDS; round++) {
    const before = text
    if (text.includes('%')) text = text.replace(PERCENT, decodePercent)
    if (text.includes('\\')) text = text.replace(ESCAPE, decodeEscape)
    if (text.includes('&')) text = text.replace(ENTITY, decodeEntity)
    if (text === before) break
  }
  if (NOT_ASCII.test(text)) text = text.replace(UNSEEN, '').replace(BLANK, ' ').replace(FULL_WIDTH, narrow)
  return text.toLowerCase().replace(BLANKS, ' ')
}

/** The same without comments of SQL, which separate words there; MySQL runs what stands in one that begins with "!". */
export function sqlText(plain: string): string {
  if (!plain.includes('/*')) return plain
  let text = ''
  let at = 0
  // Each is looked for once: where it is does not depend on where a comment begins.
  let end = -1
  let lineEnd = -1
  for (let start = plain.indexOf('/*'); start >= 0; start = plain.indexOf('/*', at)) {
    if (end < start + 2) end = indexOrEnd(plain, '*/', start + 2)
    if (lineEnd < start) lineEnd = indexOrEnd(plain, '\n', start)
    const isComment = end < lineEnd
    const inside = isComment ? plain.slice(start + 2, end) : '/*'
    text +=
      plain.slice(at, start) +
      (isComment ? ` ${inside.startsWith('!') ? inside.replace(/^![0-9]*/, '') : ''} ` : inside)
    at = isComment ? end + 2 : start + 2
  }
  return (text + plain.slice(at)).replace(BLANKS, ' ')
}

function indexOrEnd(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from)
  return at < 0 ? text.length : at
}

/** Bytes that are not UTF-8 are read one by one. */
function decodePercent(_: string, unicode: string | undefined, run: string | undefined): string {
  if (unicode !== undefined) return characterOf(parseInt(unicode, 16)) ?? ''
  const bytes = Buffer.from((run ?? '').replaceAll('%', ''), 'hex')
  const text = bytes.toString('utf8')
  return (text.includes('\ufffd') ? bytes.toString('latin1') : text).replaceAll('\n', ' ')
}

function decodeEscape(all: string, braced?: string, four?: string, two?: string): string {
  return characterOf(parseInt(braced ?? four ?? two ?? '', 16)) ?? all
}

function decodeEntity(
  all: string,
  hex: string | undefined,
  decimal: string | undefined,
  name: string | undefined,
): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all
  return characterOf(hex === undefined ? Number(decimal) : parseInt(hex, 16)) ?? all
}

function characterOf(code: number): string | null {
  if (!(code <= CODE_POINT_MAX)) return null
  const character = String.fromCodePoint(code)
  return character === '\n' ? ' ' : character
}

function narrow(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET)
}
