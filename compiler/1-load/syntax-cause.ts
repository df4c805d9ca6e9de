import type { ErrorCode } from 'yaml'

/** What a person most likely meant where the parser gave up. Offsets in UTF-16 units. */
export interface SyntaxCause {
  readonly from: number
  readonly to: number
  /** One clause, without a full stop. */
  readonly problem: string
  readonly hint: string | undefined
}

/** One trap of YAML: does this line show it, and what to say then. */
interface Trap {
  readonly shows: (line: Line) => boolean
  readonly problem: string
  readonly hint: string
}

/** The line on which the parser gave up. */
interface Line {
  readonly code: ErrorCode
  readonly message: string
  readonly text: string
  /** What stands before and behind the place where the parser gave up. */
  readonly before: string
  readonly after: string
  /** The value on the line, without its name. */
  readonly value: string
}

const QUOTE_IT = 'Put the whole value in quotes'

/** In the order in which they are tried: the more particular first. */
const TRAPS: readonly Trap[] = [
  {
    shows: (line) => line.code === 'TAB_AS_INDENT',
    problem: 'a tab is used to indent',
    hint: 'Indent with spaces; YAML does not allow tabs there.',
  },
  {
    shows: (line) => line.value.startsWith('!'),
    problem: 'a value that begins with "!" is read as a tag',
    hint: `${QUOTE_IT}, or write it below the name after "|".`,
  },
  {
    shows: (line) => line.code === 'BAD_ALIAS',
    problem: 'an unquoted "*" is read as an alias',
    hint: 'Put it in quotes: "*".',
  },
  {
    shows: (line) => line.code === 'BAD_SCALAR_START',
    problem: 'a value cannot begin with this character',
    hint: `${QUOTE_IT}.`,
  },
  {
    shows: (line) => line.after.startsWith('{') && line.code === 'UNEXPECTED_TOKEN' && /[^\s,{[:]$/.test(line.before),
    problem: 'a "{" inside { } begins a mapping',
    hint: `${QUOTE_IT}: inside { } a value that holds braces needs them.`,
  },
  {
    shows: (line) => line.code === 'UNEXPECTED_TOKEN' && /["']\s*$/.test(line.before) && /^["']/.test(line.value),
    problem: 'a value that begins with a quote ends with that quote',
    hint: 'Put the whole value in the other kind of quotes, or write it below the name after "|".',
  },
  {
    shows: (line) => line.code === 'BLOCK_AS_IMPLICIT_KEY' && /\s\?\s.*\s:\s/.test(line.value),
    problem: 'the ": " of "a ? b : c" is read as a name and its value',
    hint: `${QUOTE_IT}, or write it below the name after "|".`,
  },
  {
    shows: (line) => line.code === 'BLOCK_AS_IMPLICIT_KEY',
    problem: 'a ": " inside a value is read as a name and its value',
    hint: `${QUOTE_IT}.`,
  },
  {
    shows: (line) => line.code === 'MISSING_CHAR' && line.message.includes('quote'),
    problem: 'a quoted value is not closed',
    hint: 'Add the closing quote.',
  },
  {
    shows: (line) => /^Flow (map|sequence)/.test(line.message),
    problem: 'a "{" or "[" is not closed',
    hint: 'Add the closing "}" or "]", or indent the lines that belong to it.',
  },
  {
    shows: (line) => line.code === 'BAD_INDENT',
    problem: 'this line is indented differently from its neighbours',
    hint: 'Members of one mapping begin in one column.',
  },
  {
    shows: (line) => line.code === 'MULTILINE_IMPLICIT_KEY' || line.message.includes('map keys need to be followed'),
    problem: 'a name without a value',
    hint: 'Write "name: value", with a space after the colon.',
  },
  {
    shows: (line) => line.message.includes('block-seq-ind'),
    problem: 'a list begins on the line of its name',
    hint: 'Write the list below its name, or in [ ].',
  },
]

/** Names the likely cause of a syntax error, from the parser's code and the line it stopped on. */
export function causeOf(code: ErrorCode, at: number, message: string, text: string): SyntaxCause {
  const from = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  const lineText = text.slice(from, end < 0 ? text.length : end).replace(/\r$/, '')
  const line: Line = {
    code,
    message,
    text: lineText,
    before: lineText.slice(0, at - from),
    after: lineText.slice(at - from),
    value: valueOn(lineText),
  }
  const to = Math.max(at + 1, from + lineText.trimEnd().length)
  const trap = TRAPS.find((candidate) => candidate.shows(line))
  if (trap !== undefined) return { from: at, to, problem: trap.problem, hint: trap.hint }
  return { from: at, to, problem: lowerFirst(message), hint: undefined }
}

/** What stands behind the name and its colon: `a: b` gives `b`. */
function valueOn(line: string): string {
  const match = /^\s*(?:- )*(?:[^\s:"'][^:]*:\s+)?(.*)$/.exec(line)
  return match?.[1] ?? ''
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
