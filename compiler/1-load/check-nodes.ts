import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Report, Where } from '../diagnostics/report.ts'
import { keyText } from './to-value.ts'

export type Nulls = 'allowed' | 'refused'

/** One pass over one file. */
interface Walk {
  readonly nulls: Nulls
  readonly file: string
  readonly text: string
  readonly report: Report
}

const QUOTE_OR_BLOCK = 'put the value in quotes, or write it below its name after "|".'

/**
 * Reports what YAML allows and the language does not: directives, anchors, aliases, tags, merge keys, names that are not
 * plain text or come twice, and values that are empty, cut off by a comment, or no finite number.
 *
 * @returns True when there was none.
 */
export function checkNodes(
  file: string,
  text: string,
  document: Document.Parsed,
  nulls: Nulls,
  report: Report,
): boolean {
  let problems = 0
  const walk: Walk = { nulls, file, text, report: (...args) => void (problems++, report(...args)) }
  if (/^%/.test(text)) reportFeature(walk, { file, from: 0, to: lineEnd(text, 0) }, 'directives', undefined)
  if (document.contents === null) {
    report('yaml-empty-value', { file, from: 0, to: 0 }, { name: 'the file' })
    return false
  }
  checkValue(walk, document.contents)
  return problems === 0
}

function checkValue(walk: Walk, node: ParsedNode): void {
  if (isAlias(node)) {
    const hint = `If the "*" belongs to the value, ${QUOTE_OR_BLOCK}`
    return reportFeature(walk, whereOf(walk, node.range), 'aliases', hint)
  }
  if (node.anchor !== undefined) {
    const hint = `If the "&" belongs to the value, ${QUOTE_OR_BLOCK}`
    return reportFeature(walk, beforeOf(walk, node.range[0]), 'anchors', hint)
  }
  if (node.tag !== undefined) {
    const hint = `If the "!" belongs to the value, ${QUOTE_OR_BLOCK}`
    return reportFeature(walk, beforeOf(walk, node.range[0]), 'tags', hint)
  }
  if (isMap(node)) return checkMembers(walk, node)
  if (isScalar(node)) return checkScalar(walk, node)
  for (const item of node.items) {
    if (!isPair(item)) checkValue(walk, item)
  }
}

function checkMembers(walk: Walk, map: YAMLMap.Parsed): void {
  const firsts = new Map<string, ParsedNode>()
  for (const pair of map.items) {
    const { key } = pair
    if (!isScalar(key) || key.value === null || key.anchor !== undefined || key.tag !== undefined) {
      const brackets = isMap(key) ? '{{ }}' : isSeq(key) ? '[ ]' : null
      const hint = brackets === null ? undefined : `If "${brackets}" belongs to the value, put the value in quotes.`
      reportFeature(walk, whereOf(walk, key.range), 'names that are not plain text', hint)
      continue
    }
    const name = keyText(key)
    if (name === '<<' && key.type === 'PLAIN') {
      reportFeature(walk, whereOf(walk, key.range), 'merge keys', undefined)
      continue
    }
    const first = firsts.get(name)
    if (first !== undefined) {
      const related = [{ message: 'first written here', where: whereOf(walk, first.range) }]
      walk.report('yaml-duplicate-name', whereOf(walk, key.range), { name }, { related })
    }
    firsts.set(name, key)
    if (pair.value === null || isEmpty(walk, pair.value)) {
      reportEmpty(walk, key, map)
    } else checkValue(walk, pair.value)
  }
}

/** Nothing at all, or a null where the language has none. */
function isEmpty({ nulls }: Walk, node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && (nulls === 'refused' || node.source === '')
}

function checkScalar(walk: Walk, node: Scalar.Parsed): void {
  const where = whereOf(walk, node.range)
  if (isEmpty(walk, node)) return walk.report('yaml-empty-value', where, { name: 'this item' })
  if (typeof node.value === 'number' && !Number.isFinite(node.value))
    return walk.report('yaml-not-a-number', where, { value: String(node.source) })
  if (node.type !== 'PLAIN' || node.range[1] === node.range[2]) return
  // "a == 'b #c'" without quotes around it ends before the "#": an odd number of quotes shows that it was meant to go on.
  const behind = walk.text.slice(node.range[1], lineEnd(walk.text, node.range[1]))
  const source = String(node.source)
  const odd =
    /^[ \t]+#/.test(behind) && ((source.split('"').length - 1) % 2 === 1 || (source.split("'").length - 1) % 2 === 1)
  if (odd)
    walk.report(
      'yaml-value-cut',
      { file: walk.file, from: node.range[0], to: node.range[1] + behind.length },
      {},
      { hint: 'Put the whole value in quotes of the other kind, or write it below its name after "|".' },
    )
}

/** Tells the traps apart that leave a member without a value. */
function reportEmpty(walk: Walk, key: Scalar.Parsed, map: YAMLMap.Parsed): void {
  const name = keyText(key)
  const rest = walk.text.slice(key.range[1], lineEnd(walk.text, key.range[1]))
  let hint: string | undefined
  if (/^\s*:\s+#/.test(rest))
    hint = 'A "#" behind a space begins a comment. If it belongs to the value, put the value in quotes.'
  else if (/::?$/.test(name) || name === ':')
    hint = `Put the address in quotes: inside [ ] or { } a colon before the bracket ends a name.`
  else if (map.flow === true && name.includes(':')) hint = `Put a space behind the colon: "${name.replace(':', ': ')}".`
  walk.report('yaml-empty-value', whereOf(walk, key.range), { name: `"${name}"` }, { hint })
}

function reportFeature(walk: Walk, where: Where, feature: string, hint: string | undefined): void {
  walk.report('yaml-feature', where, { feature }, { hint })
}

function whereOf(walk: Walk, range: readonly [number, number, number]): Where {
  return { file: walk.file, from: range[0], to: range[1] }
}

/** An anchor or a tag stands before its node, as a word of its own. */
function beforeOf(walk: Walk, nodeAt: number): Where {
  let to = nodeAt
  while (to > 0 && isBlank(walk.text.charAt(to - 1))) to--
  let from = to
  while (from > 0 && !isBlank(walk.text.charAt(from - 1)) && !'[,'.includes(walk.text.charAt(from - 1))) from--
  return { file: walk.file, from, to }
}

function isBlank(character: string): boolean {
  return character.trim() === ''
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
