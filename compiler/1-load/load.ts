import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { Document } from 'yaml'
import { pointTo, type Pointer, type Report } from '../diagnostics/report.ts'
import type { Nulls } from './check-nodes.ts'
import { KEY_BYTES_MAX, parseKeyLines, startsOfLines, type KeyLine } from './key-lines.ts'
import { parseYaml } from './parse-yaml.ts'
import { FILE_BYTES_MAX, readFile } from './read-file.ts'
import { VALUES_MAX, type ValueBudget } from './scan-limits.ts'
import type { Source } from './source.ts'
import { toValue } from './to-value.ts'

/** The plain values of a config's files, before anything is known of their shape. */
export interface RawConfig {
  /** The main file's value. */
  readonly root: unknown
  /** The values of the files that it names, by the pointer of the name. */
  readonly files: ReadonlyMap<Pointer, unknown>
  /** The lines of the files of keys, by the pointer of the file's name. */
  readonly keyLines: ReadonlyMap<Pointer, readonly KeyLine[]>
  /** The main file first. */
  readonly sources: readonly Source[]
  /** Every file that was read or looked for, absolute. */
  readonly paths: readonly string[]
}

/** Texts that stand in place of what is on disk, by absolute path: an edit can be proved before it is written. */
export type TextsInPlace = ReadonlyMap<string, string>

/** Of all files together: what people write and review by hand. */
const ALL_BYTES_MAX = 8 * 1024 * 1024
/** Places that name another file. */
const REFERENCES_MAX = 2_000

/** Where a config may name another file. */
interface FileReference {
  readonly pointer: Pointer
  readonly path: string
  /** JSON Schemas use null as a value; the language itself has none. */
  readonly nulls: Nulls
}

/**
 * Reads a config's main file and every file that it names: included tenants and body schemas. All that cannot be read or
 * parsed is reported.
 *
 * @param file Path of the main file.
 * @returns What could be read; `root` is undefined when the main file could not.
 */
export function load(file: string, report: Report, texts: TextsInPlace = new Map()): RawConfig {
  const path = resolve(file)
  const reader: Reader = {
    folder: dirname(path),
    texts,
    paths: new Set(),
    sources: [],
    documents: new Map(),
    budget: { values: VALUES_MAX, bytes: ALL_BYTES_MAX, keyBytes: KEY_BYTES_MAX },
    report,
  }
  const files = new Map<Pointer, unknown>()
  const keyLines = new Map<Pointer, readonly KeyLine[]>()

  const document = loadSource(reader, path, '', 'refused')
  if (document === null) return { root: undefined, files, keyLines, sources: reader.sources, paths: [...reader.paths] }
  const root = toValue(document.contents)

  const references = [...includedFiles(root), ...schemaFiles(root)]
  const included = new Map<string, Pointer>()
  const beyond = references[REFERENCES_MAX]
  if (beyond !== undefined) report('files-too-many', beyond.pointer, { max: String(REFERENCES_MAX) })
  for (const reference of beyond === undefined ? references : []) {
    // One file too many is told once.
    if (reader.budget.values < 0 || reader.budget.bytes < 0) break
    const target = resolve(reader.folder, reference.path)
    if (target === path) {
      report('file-includes-itself', reference.pointer, { file: reference.path })
      continue
    }
    const first = included.get(target)
    if (first !== undefined && reference.nulls === 'refused') {
      const related = [{ message: 'first included here', where: first }]
      report('file-included-twice', reference.pointer, { file: reference.path }, { related })
      continue
    }
    if (reference.nulls === 'refused') included.set(target, reference.pointer)
    const named = loadSource(reader, target, reference.pointer, reference.nulls)
    if (named !== null) files.set(reference.pointer, toValue(named.contents))
  }
  const filesOfKeys = new Map<string, Pointer>()
  for (const { pointer, path: name } of keyFiles(root)) {
    const target = resolve(reader.folder, name)
    const first = filesOfKeys.get(target)
    const related = first === undefined ? [] : [{ message: 'first read here', where: first }]
    if (first !== undefined) report('file-included-twice', pointer, { file: name }, { related })
    else keyLines.set(pointer, loadKeys(reader, target, pointer))
    filesOfKeys.set(target, first ?? pointer)
  }
  return { root, files, keyLines, sources: reader.sources, paths: [...reader.paths] }
}

/** What is read so far. A file that is named twice is read, and its faults are reported, once. */
interface Reader {
  readonly folder: string
  readonly texts: TextsInPlace
  readonly sources: Source[]
  readonly paths: Set<string>
  readonly documents: Map<string, Document.Parsed | null>
  /** What is left, for all files together. */
  readonly budget: ValueBudget & { bytes: number; keyBytes: number }
  readonly report: Report
}

function loadSource(reader: Reader, path: string, root: Pointer, nulls: Nulls): Document.Parsed | null {
  const name = nameOf(reader.folder, path)
  const known = reader.documents.get(path)
  const text =
    known === undefined
      ? readText(reader, path, name, root)
      : reader.sources.find((source) => source.path === path)?.text
  if (text === undefined) return null
  const document =
    known === undefined ? parseYaml(text, { file: name, nulls, budget: reader.budget }, reader.report) : known
  reader.documents.set(path, document)
  reader.sources.push({ name, path, text, root, document, lines: null })
  return document
}

function loadKeys(reader: Reader, path: string, root: Pointer): KeyLine[] {
  const name = nameOf(reader.folder, path)
  const text = readText(reader, path, name, root, { of: 'keys' })
  if (text === undefined) return []
  reader.sources.push({ name, path, text, root, document: null, lines: startsOfLines(text) })
  return parseKeyLines(text, name, root, reader.report)
}

/** @param options What is in it: keys have bounds of their own. */
function readText(
  reader: Reader,
  path: string,
  name: string,
  root: Pointer,
  { of }: { readonly of: 'text' | 'keys' } = { of: 'text' },
): string | undefined {
  reader.paths.add(path)
  const inPlace = reader.texts.get(path)
  if (inPlace !== undefined) return inPlace
  const { report, budget } = reader
  const where = root === '' ? { file: name, from: 0, to: 0 } : root
  if (root !== '' && leavesFolder(path)) {
    report('file-outside-folder', where, { file: name })
    return undefined
  }
  const bytesMax = of === 'keys' ? KEY_BYTES_MAX : FILE_BYTES_MAX
  const read = readFile(path, bytesMax)
  if ('text' in read) {
    const left = of === 'keys' ? (budget.keyBytes -= read.text.length) : (budget.bytes -= read.text.length)
    if (left >= 0) return read.text
    report('files-too-large', where, { max: String(of === 'keys' ? KEY_BYTES_MAX : ALL_BYTES_MAX) })
    return undefined
  }
  if (read.fault === 'missing') report('file-missing', where, { file: name })
  else if (read.fault === 'not-a-file') report('file-not-regular', where, { file: name, what: read.detail })
  else if (read.fault === 'too-large') report('file-too-large', where, { file: name, max: String(bytesMax) })
  else if (read.fault === 'not-utf8') report('file-not-utf8', where, { file: name })
  else report('file-unreadable', where, { file: name, reason: read.detail })
  return undefined
}

/** A link in a folder that somebody else owns must not choose which of our files is read, and quoted in diagnostics. */
function leavesFolder(path: string): boolean {
  try {
    const way = relative(realpathSync(dirname(path)), realpathSync(path))
    return isAbsolute(way) || way === '..' || way.startsWith('..' + sep)
  } catch {
    // Reading it says what is wrong.
    return false
  }
}

function nameOf(folder: string, path: string): string {
  const name = relative(folder, path)
  return (isAbsolute(name) ? path : name).split(sep).join('/')
}

function includedFiles(root: unknown): FileReference[] {
  const include = memberOf(root, 'include')
  if (!Array.isArray(include)) return []
  return include.flatMap((entry: unknown, i) => {
    const path = memberOf(entry, 'file')
    return typeof path === 'string' ? [{ pointer: pointTo('/include', i, 'file'), path, nulls: 'refused' }] : []
  })
}

function keyFiles(root: unknown): { readonly pointer: Pointer; readonly path: string }[] {
  return membersOf(memberOf(root, 'tenants')).flatMap(([tenant, value]) => {
    const path = memberOf(value, 'keysFrom')
    return typeof path === 'string' ? [{ pointer: pointTo('/tenants', tenant, 'keysFrom'), path }] : []
  })
}

function schemaFiles(root: unknown): FileReference[] {
  return membersOf(memberOf(root, 'apis')).flatMap(([api, value]) =>
    membersOf(memberOf(value, 'routes')).flatMap(([route, settings]) => {
      const path = memberOf(settings, 'body')
      return typeof path === 'string'
        ? [{ pointer: pointTo('/apis', api, 'routes', route, 'body'), path, nulls: 'allowed' }]
        : []
    }),
  )
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}

function memberOf(value: unknown, name: string): unknown {
  return membersOf(value).find(([member]) => member === name)?.[1]
}
