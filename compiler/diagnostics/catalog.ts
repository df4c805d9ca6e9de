import { APIS } from './catalog/apis.ts'
import { CERTIFICATES } from './catalog/certificates.ts'
import { EXPRESSIONS } from './catalog/expressions.ts'
import { FILES } from './catalog/files.ts'
import { IDENTITY } from './catalog/identity.ts'
import { KEYS } from './catalog/keys.ts'
import { NAMES } from './catalog/names.ts'
import { OBJECTS } from './catalog/objects.ts'
import { PROTECT } from './catalog/protect.ts'
import { SIGNING } from './catalog/signing.ts'
import { VALUES } from './catalog/values.ts'

/** Every diagnostic the compiler can report. A code is permanent: retire it, never reuse it. */
export const CATALOG = {
  ...FILES,
  ...NAMES,
  ...APIS,
  ...KEYS,
  ...IDENTITY,
  ...OBJECTS,
  ...CERTIFICATES,
  ...PROTECT,
  ...SIGNING,
  ...EXPRESSIONS,
  ...VALUES,
}

export type DiagnosticCode = keyof typeof CATALOG
