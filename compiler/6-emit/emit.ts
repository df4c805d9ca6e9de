import { createHash } from 'node:crypto'
import type { FindSpan } from '../1-load/places.ts'
import { indexLines } from '../diagnostics/line-index.ts'
import { printable } from '../diagnostics/printable.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { PlacedList, TableDraft } from '../5-lower/draft.ts'
import { expressionLines } from './expressions.ts'
import { FIELD_LINES, fieldLines } from './fields.ts'
import { GENERATED_MARK } from './generated-mark.ts'
import { writeKeyFile, type KeyFile } from './key-file.ts'
import { literal, member } from './literal.ts'
import { SCANNER_RULE_FILE, scannerRule } from './scanner-rule.ts'
import { emitValidators } from './validators.ts'

/** The files of text that a config compiles to, by name. */
export type EmittedFiles = Readonly<Record<string, string>>

export interface Emitted {
  readonly files: EmittedFiles
  /** The file of keys, over memory that threads can share; null where they stand in the table. */
  readonly keyFile: Uint8Array | null
}

const HASH_DIGITS = 16

/**
 * Writes the table as TypeScript that a person can read, with the source place behind each row, and the validators that it
 * imports, and a rule for scanners of secrets. Same input, same bytes.
 *
 * @param folder The config's folder: places are named relative to it. Absolute.
 */
export async function emit(draft: TableDraft, findSpan: FindSpan, folder: string): Promise<Emitted> {
  const validators = await emitValidators(draft.schemas)
  const keyFile = draft.keyColumns === null ? null : writeKeyFile(draft.keyColumns)
  const rows = tableLines(draft, configHash(draft, keyFile), keyFile, placeNotes(findSpan, folder))
  const expressions = expressionLines(draft.expressions, placeNotes(findSpan, folder))
  const text = [
    `${GENERATED_MARK} from gateway.yaml. Do not edit.`,
    "import type { GatewayTable } from 'keysmith/table'",
    ...(validators.names.length === 0 ? [] : [`import { ${validators.names.join(', ')} } from './validators.js'`]),
    '',
    ...(rows.some((row) => row.includes('FOREVER')) ? FOREVER_LINES : []),
    ...(draft.fields.length === 0 ? [] : FIELD_LINES),
    'export const table = {',
    ...rows,
    ...expressions,
    ...fieldLines(draft.fields, placeNotes(findSpan, folder)),
    `  validators: {`,
    `    bodies: [${draft.schemas.bodies.map((_, i) => `body${i}`).join(', ')}],`,
    `    queries: [${draft.schemas.queries.map((_, i) => `query${i}`).join(', ')}],`,
    `  },`,
    '} satisfies GatewayTable',
    '',
  ].join('\n')
  const { keyPrefix } = draft.table.gateway
  const rule = keyPrefix === '' ? {} : { [SCANNER_RULE_FILE]: scannerRule(keyPrefix) }
  return { files: { 'table.ts': text, ...validators.files, ...rule }, keyFile: keyFile?.bytes ?? null }
}

/** Left out where nothing has no end: compilers complain of what is declared and not used. */
const FOREVER_LINES = [
  '/** Stands for "has no end". Points in time are milliseconds since 1970 UTC. */',
  'const FOREVER = 8_640_000_000_000_000',
  '',
]

type NoteOf = (pointer: Pointer) => string

function tableLines(
  { table, places, classNotes }: TableDraft,
  hash: string,
  keyFile: KeyFile | null,
  noteOf: NoteOf,
): string[] {
  const placed = (name: PlacedList): string[] => list(name, table[name], (i) => noteOf(places[name][i] ?? ''))
  return [
    member('format', table.format),
    member('configHash', hash),
    ...block('gateway', table.gateway),
    ...placed('secrets'),
    ...placed('upstreams'),
    ...placed('apis'),
    ...placed('limits'),
    ...placed('routes'),
    ...list('paths', table.paths, () => ''),
    ...list('tree', table.tree, () => ''),
    member('wordsPerClass', table.wordsPerClass),
    ...grantLines(table.grants, table.wordsPerClass, classNotes),
    ...list('classes', table.classes, (i) => classNotes[i] ?? ''),
    ...placed('tenants'),
    ...placed('limitSets'),
    ...placed('addressSets'),
    ...placed('facts'),
    ...placed('keys'),
    ...placed('digests'),
    ...(keyFile === null ? [] : block('keyFile', keyFile.row)),
    ...placed('signers'),
    ...placed('identities'),
    ...placed('scopes'),
    ...placed('roles'),
    ...placed('guests'),
  ]
}

function block(name: string, row: object): string[] {
  return [`  ${name}: {`, ...Object.entries(row).map(([key, value]) => '  ' + member(key, value)), '  },']
}

function list(name: string, rows: readonly unknown[], noteOf: (i: number) => string): string[] {
  if (rows.length === 0) return [`  ${name}: [],`]
  const lines = rows.map((row, i) => {
    const note = noteOf(i)
    return `    /* ${i} */ ${literal(row)},${note === '' ? '' : ` // ${note}`}`
  })
  return [`  ${name}: [`, ...lines, '  ],']
}

const WORD_BITS = 32

/** A line a class: its words, route 0 right-most in the first. */
function grantLines(grants: Uint32Array, wordsPerClass: number, notes: readonly string[]): string[] {
  if (grants.length === 0) return ['  grants: Uint32Array.of(),']
  const rows = notes.map((note, i) => {
    const words = [...grants.subarray(i * wordsPerClass, (i + 1) * wordsPerClass)]
    return `    ${words.map((word) => '0b' + word.toString(2).padStart(WORD_BITS, '0')).join(', ')}, // class ${i}: ${note}`
  })
  return ['  grants: Uint32Array.of(', ...rows, '  ),']
}

/** Over the data, not the text: comments and layout do not change it. */
function configHash({ table, schemas, expressions, fields }: TableDraft, keyFile: KeyFile | null): string {
  const codes = expressions.map(({ code }) => code)
  const keys = keyFile === null ? {} : { keyFile: keyFile.row }
  const data = JSON.stringify({ ...table, ...keys, grants: [...table.grants], schemas, expressions: codes, fields })
  return createHash('sha256').update(data).digest('hex').slice(0, HASH_DIGITS)
}

/** "gateway.yaml:12", or "" for a place that cannot be found. */
function placeNotes(findSpan: FindSpan, folder: string): NoteOf {
  const placeOf = indexLines(folder)
  return (pointer) => {
    const span = findSpan({ key: pointer })
    if (span === null) return ''
    const { file, line } = placeOf(span)
    return `${printable(file)}:${line}`
  }
}
