import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'
import type { Source } from '../../1-load/source.ts'
import { keyText } from '../../1-load/to-value.ts'
import type { Pointer } from '../../diagnostics/report.ts'
import { keyEntry, type NewKey } from './key-entry.ts'
import { columnOf, columnOfOffset, indent, nextLine, pathTo, rangeOf, type Holder } from './written-nodes.ts'

const STEP_COLUMNS = 2

/** Lines to put in, and text to take out before. */
interface Edit {
  readonly at: number
  readonly lines: readonly string[]
  readonly cut?: { readonly from: number; readonly to: number }
}

/**
 * Puts a new key below a tenant, behind its other keys. All that was there stays as it is, comments and layout included.
 *
 * @param tenant Where the tenant stands in this file: "" when the whole file is its own.
 * @returns The new text, or null for a layout that is not one of lines, such as a tenant in braces.
 */
export function insertKey(source: Source, tenant: Pointer, key: NewKey): string | null {
  const edit = editFor(source, tenant, key)
  if (edit === null) return null
  const { text } = source
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const before =
    edit.cut === undefined ? text.slice(0, edit.at) : text.slice(0, edit.cut.from) + text.slice(edit.cut.to, edit.at)
  const isLineBegun = before !== '' && !before.endsWith('\n')
  return (isLineBegun ? before + end : before) + edit.lines.map((line) => line + end).join('') + text.slice(edit.at)
}

function editFor(source: Source, tenant: Pointer, key: NewKey): Edit | null {
  const { text } = source
  const path = pathTo(source, tenant)
  const holder = path.at(-1)
  if (holder === undefined || !isMap(holder.value)) return null
  if (holder.value.flow === true) return holder.value.items.length > 0 ? null : replaceBraces(text, path, key)

  const keys = holder.value.items.find((pair) => keyText(pair.key) === 'keys')
  if (keys !== undefined) return isMap(keys.value) && keys.value.flow !== true ? appendTo(text, keys.value, key) : null
  const column = columnOf(text, holder.value.items[0])
  if (column === null) return null
  const step = stepOf(text, path)
  return {
    at: endOf(text, holder.value, column),
    lines: indent(column, ['keys:', ...indent(step, keyEntry(key, step))]),
  }
}

/** Behind the last key, in its layout. */
function appendTo(text: string, keys: YAMLMap, key: NewKey): Edit | null {
  const first = keys.items[0]
  const column = columnOf(text, first)
  if (first === undefined || column === null) return null
  const member = isMap(first.value) && first.value.flow !== true ? columnOf(text, first.value.items[0]) : null
  const step = member === null ? STEP_COLUMNS : member - column
  return { at: endOf(text, keys, column), lines: indent(column, keyEntry(key, step)) }
}

/** A tenant without anything, "globex: {}", becomes one of lines. */
function replaceBraces(text: string, path: readonly Holder[], key: NewKey): Edit | null {
  const holder = path.at(-1)
  if (holder === undefined) return null
  const [from, to] = rangeOf(holder.value)
  const lineEnd = nextLine(text, to)
  if (holder.name === null) {
    const isWholeLine = text.slice(to, lineEnd).trim() === ''
    const lines = ['keys:', ...indent(STEP_COLUMNS, keyEntry(key, STEP_COLUMNS))]
    return { at: lineEnd, lines, cut: { from, to: isWholeLine ? lineEnd : to } }
  }
  const column = columnOfOffset(text, rangeOf(holder.name)[0])
  if (column === null) return null
  const step = stepOf(text, path)
  const lines = indent(column + step, ['keys:', ...indent(step, keyEntry(key, step))])
  const gap = /[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0
  return { at: lineEnd, lines, cut: { from: from - gap, to } }
}

/** How far the file indents on the way to the tenant. */
function stepOf(text: string, path: readonly Holder[]): number {
  const columns = path.flatMap(({ name }) => {
    const column = name === null ? null : columnOfOffset(text, rangeOf(name)[0])
    return column === null ? [] : [column]
  })
  const step = (columns.at(-1) ?? 0) - (columns.at(-2) ?? 0)
  return step > 0 ? step : STEP_COLUMNS
}

/** Where lines behind a block's last one go: behind comments that are indented like something in that last member, too. */
function endOf(text: string, block: YAMLMap, column: number): number {
  const end = contentEnd(block)
  // A block of text ends behind its own line break.
  let at = text[end - 1] === '\n' ? end : nextLine(text, end)
  for (let line = at; line < text.length; line = nextLine(text, line)) {
    const [, blanks = '', rest = ''] = /^([ \t]*)(.*)/.exec(text.slice(line, nextLine(text, line))) ?? []
    const isDeeper = rest.startsWith('#') && blanks.length > column
    if (isDeeper) at = nextLine(text, line)
    else if (rest.trim() !== '') break
  }
  return at
}

function contentEnd(node: Node): number {
  const last: unknown = isMap(node) && node.flow !== true ? node.items.at(-1)?.value : undefined
  const item: unknown = isSeq(node) && node.flow !== true ? node.items.at(-1) : undefined
  const inner = last ?? item
  return isMap(inner) || isSeq(inner) || isScalar(inner) ? contentEnd(inner) : rangeOf(node)[1]
}
