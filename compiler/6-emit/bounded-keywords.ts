import { _, type CodeKeywordDefinition, type KeywordCxt } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'

/**
 * Keywords whose work may grow faster than the value, each with the keyword that bounds it. A character outside the basic
 * plane is one to JSON Schema and two to a JavaScript string.
 */
const BOUNDED = [
  { keyword: 'pattern', bound: 'maxLength', unitsPerCount: 2 },
  { keyword: 'uniqueItems', bound: 'maxItems', unitsPerCount: 1 },
] as const

/**
 * Replaces ajv's own definitions of these keywords. With all errors wanted, ajv evaluates them even where the bound has
 * already failed; here a value beyond its bound is refused for that alone.
 */
export function addBoundedKeywords(ajv: Ajv2020): void {
  for (const { keyword, bound, unitsPerCount } of BOUNDED) {
    // Safe: both are keywords of ajv's own that write code.
    const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition
    const code = (context: KeywordCxt): void => {
      // Safe: the parent of a keyword is the schema that it stands in.
      const max = (context.parentSchema as Readonly<Record<string, unknown>>)[bound]
      if (typeof max !== 'number') return definition.code(context)
      context.gen.if(_`${context.data}.length <= ${max * unitsPerCount}`, () => definition.code(context))
    }
    ajv.removeKeyword(keyword)
    ajv.addKeyword({ ...definition, keyword, code })
  }
}
