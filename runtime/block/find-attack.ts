import type { BlockRule } from '../../schemas/protect-row.ts'
import { plainText, sqlText } from './plain-text.ts'
import { SCRIPT_INJECTION, scriptSigns } from './script-injection.ts'
import { SQL_INJECTION, sqlSigns } from './sql-injection.ts'

/** Text of these characters is no attack: each pattern asks for another one. Most parameters have no others. */
const HARMLESS = /^[\w.~\n-]*$/

/**
 * Looks for attacks in lines of text; a pattern never reaches over the end of a line.
 *
 * @returns The first of the rules that finds one, or null.
 */
export function findAttack(lines: string, rules: readonly BlockRule[]): BlockRule | null {
  if (HARMLESS.test(lines)) return null
  const plain = plainText(lines)
  for (const rule of rules) if (isFound(plain, rule)) return rule
  return null
}

/** Patterns know the ends of a line by its line breaks. */
function isFound(plain: string, rule: BlockRule): boolean {
  const isSql = rule === 'sql-injection'
  const text = `\n${isSql ? sqlSigns(sqlText(plain)) : scriptSigns(plain)}\n`
  return (isSql ? SQL_INJECTION : SCRIPT_INJECTION).some((pattern) => pattern.test(text))
}
