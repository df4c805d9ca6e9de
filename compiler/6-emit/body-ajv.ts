import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** The ajv that body and query schemas are compiled with, here and where check looks at them. */
export function createBodyAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    unicodeRegExp: true,
    code: { source: true, esm: true, lines: true },
  })
  // The type of the CommonJS default export is not seen through its ES module wrapper.
  const add = addFormats as unknown as (ajv: Ajv2020) => void
  add(ajv)
  return ajv
}
