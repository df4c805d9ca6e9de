import type { ErrorCode } from 'yaml'
import { findOpen } from './find-open.ts'

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
const QUOTE_OR_BLOCK = `${QUOTE_IT}, or write it below the name after "|".`
const INDENT = 'Members of one mapping begin in one column.'

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
    hint: QUOTE_OR_BLOCK,
  },
  {
    shows: (line) => line.code === 'BAD_ALIAS' && line.after.startsWith('&'),
    problem: 'a value that begins with "&" is read as an anchor',
    hint: QUOTE_OR_BLOCK,
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
    shows: (line) => isStuckInFlow(line) && line.after.startsWith('{') && /[^\s,{[:]$/.test(line.before),
    problem: 'a "{" inside { } or [ ] begins a mapping',
    hint: `${QUOTE_IT}: inside { } or [ ] a name or value that holds braces needs them.`,
  },
  {
    shows: (line) => isStuckInFlow(line) && /(["'])[^"']*\1\s*$/.test(line.before),
    problem: 'a value that begins with a quote ends with that quote',
    hint: 'Put the whole value in the other kind of quotes, or write it below the name after "|".',
  },
  {
    shows: (line) => isStuckInFlow(line) && /[\]}]\s*$/.test(line.before),
    problem: 'a value that begins with "[" or "{" ends with its bracket',
    hint: `${QUOTE_IT}.`,
  },
  {
    shows: (line) =>
      (line.code === 'BLOCK_AS_IMPLICIT_KEY' || line.code === 'BLOCK_IN_FLOW') && /\?\s.*\s:\s/.test(line.value),
    problem: 'the ": " of "a ? b : c" is read as a name and its value',
    hint: QUOTE_OR_BLOCK,
  },
  {
    shows: (line) => line.code === 'BLOCK_AS_IMPLICIT_KEY' && !line.after.includes(': '),
    problem: 'the next line is indented as if it went on with this value',
    hint: INDENT,
  },
  {
    shows: (line) => line.code === 'BLOCK_AS_IMPLICIT_KEY',
    problem: 'a ": " inside a value is read as a name and its value',
    hint: `${QUOTE_IT}.`,
  },
  {
    shows: (line) => line.code === 'BAD_INDENT' || (line.code === 'UNEXPECTED_TOKEN' && line.before === ''),
    problem: 'this line is indented differently from its neighbours',
    hint: INDENT,
  },
  {
    shows: (line) => /flow-(seq|map)-end token/.test(line.message),
    problem: 'a "]" or "}" closes nothing',
    hint: 'Take it out, or put the whole value in quotes.',
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
  {
    shows: (line) => line.message.startsWith('Block scalar header') || /^[|>] /.test(line.value),
    problem: 'text stands on the line of its "|" or ">"',
    hint: 'Begin the text on the next line, indented.',
  },
  {
    shows: (line) => line.code === 'BAD_DQ_ESCAPE',
    problem: 'a "\\" in double quotes begins an escape that does not exist',
    hint: 'Write it twice, or use single quotes.',
  },
]

/** Inside { } or [ ], or behind a value that was already whole, something stands that does not belong there. */
function isStuckInFlow({ code, message }: Line): boolean {
  return code === 'UNEXPECTED_TOKEN' || (code === 'MISSING_CHAR' && message.startsWith('Missing ,'))
}

/** Names the likely cause of a syntax error, from the parser's code and the line it stopped on. */
export function causeOf(code: ErrorCode, at: number, message: string, text: string): SyntaxCause {
  const open = code === 'MISSING_CHAR' || /^Flow (map|sequence)/.test(message) ? unclosedCause(text, at, message) : null
  if (open !== null) return open
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

/** The parser notices at the end of the text what was left open far above. */
function unclosedCause(text: string, at: number, message: string): SyntaxCause | null {
  if (message.startsWith('Missing ,')) return null
  const open = findOpen(text.slice(0, at))
  if (open === null) return null
  if (open.mark === '"' || open.mark === "'")
    return { from: open.at, to: open.at + 1, problem: 'a quoted value is not closed', hint: 'Add the closing quote.' }
  if (open.cutAt !== null) {
    const problem = `a "#" behind a space begins a comment, and cuts off what was to close the "${open.mark}"`
    return {
      from: open.cutAt,
      to: open.cutAt + 1,
      problem,
      hint: 'If it belongs to the value, put the value in quotes.',
    }
  }
  const hint = `Add the closing "${open.mark === '{' ? '}' : ']'}", or indent the lines that belong to it.`
  return { from: open.at, to: open.at + 1, problem: `a "${open.mark}" is not closed`, hint }
}

/** What stands behind the name and its colon: `a: b` gives `b`. */
function valueOn(line: string): string {
  const match = /^\s*(?:- )*(?:[^\s:"'][^:]*:\s+)?(.*)$/.exec(line)
  return match?.[1] ?? ''
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
