import { parameterOf, type Exchange } from '../exchange.ts'
import { refuse, type Refusal } from '../refusals.ts'
import { findAttack } from './find-attack.ts'

/** Looks for attacks in the path's parameters and in names and values of the query. */
export function checkBlock(exchange: Exchange): Refusal | null {
  const { parameters, query } = exchange
  if (parameters.length === 0 && query === '') return null
  let lines = ''
  for (let i = 0; i * 2 < parameters.length; i++) lines += parameterOf(exchange, i) + '\n'
  return judge(exchange, query === '' ? lines : lines + linesOfQuery(query))
}

/** Looks for attacks in names of members and in strings of a JSON value. Its depth is bounded. */
export function checkBlockBody(exchange: Exchange, value: unknown): Refusal | null {
  const lines: string[] = []
  collect(value, lines)
  return judge(exchange, lines.join('\n'))
}

/** What is only reported is taken down as what is refused, and goes on. */
function judge(exchange: Exchange, lines: string): Refusal | null {
  const block = exchange.route?.row.block ?? null
  if (block === null) return null
  const found = findAttack(lines, block.rules)
  if (found === null) return null
  exchange.blockedBy = found
  return block.mode === 'refuse' ? refuse('blocked') : null
}

/** "+" is a space here; all else that is encoded is decoded where attacks are looked for. */
function linesOfQuery(query: string): string {
  const parts = query.replaceAll('+', ' ').split('&')
  return parts.map((part) => part.replace('=', '\n')).join('\n')
}

function collect(value: unknown, lines: string[]): void {
  if (typeof value === 'string') addLine(value, lines)
  else if (Array.isArray(value)) for (const element of value) collect(element, lines)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      addLine(name, lines)
      collect(member, lines)
    }
  }
}

function addLine(text: string, lines: string[]): void {
  lines.push(text.includes('\n') ? text.replaceAll('\n', ' ') : text)
}
