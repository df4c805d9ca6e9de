import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { addBoundedKeywords } from './bounded-keywords.ts'

/** A larger schema that is referred to becomes a function of its own: many references to it do not multiply the code. */
const INLINED_KEYWORDS_MAX = 16

/** The ajv that body and query schemas are compiled with, here and where check looks at them. */
export function createBodyAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    unicodeRegExp: true,
    inlineRefs: INLINED_KEYWORDS_MAX,
    code: { source: true, esm: true, lines: true },
  })
  // The type of the CommonJS default export is not seen through its ES module wrapper.
  const add = addFormats as unknown as (ajv: Ajv2020) => void
  add(ajv)
  addBoundedKeywords(ajv)
  // Part of the language (JSON Schema 2020-12, core, section 8.2.2); ajv follows it and does not list it.
  ajv.addVocabulary(['$anchor'])
  return ajv
}
