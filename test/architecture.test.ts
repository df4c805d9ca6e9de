import { build, type Metafile } from 'esbuild'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

const SOURCES = ['compiler', 'runtime', 'schemas'].flatMap(typescriptIn)
const TESTS = typescriptIn('test')

/** The only files that hold what the engine hands out. */
const ENGINE_HOLDERS = new Set([
  'runtime/server.ts',
  'runtime/read-request.ts',
  'runtime/answer.ts',
  'runtime/respond.ts',
])

/** What a program is made of: its own files, and the packages that it asks for. */
async function partsOf(entry: string): Promise<{ files: string[]; packages: string[] }> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  })
  return { files: Object.keys(metafile.inputs), packages: packagesOf(metafile) }
}

function packagesOf(metafile: Metafile): string[] {
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  return [...new Set(imports.flatMap(({ path, external }) => (external === true ? [path] : [])))]
}

test('the runtime holds nothing of the compiler, of yaml, ajv or the parser of CEL, and the schemas only as types', async () => {
  const { files, packages } = await partsOf('runtime/main.ts')
  expect(files.filter((file) => !file.startsWith('runtime/'))).toEqual([])
  expect(
    packages.filter((name) => /^(@bufbuild\/.*|yaml|ajv|ajv-formats|esbuild|commander|recheck)(\/|$)/.test(name)),
  ).toEqual([])
})

test('the compiler holds nothing of the runtime', async () => {
  const { files } = await partsOf('compiler/cli.ts')
  expect(files.filter((file) => file.startsWith('runtime/'))).toEqual([])
})

test('what the engine hands out stays in the files that know its rules', () => {
  const others = SOURCES.filter((file) => !file.startsWith('runtime/engine/') && !ENGINE_HOLDERS.has(file))
  expect(others.filter((file) => importsOf(file).includes('runtime/engine/types.ts'))).toEqual([])
})

test('imports name the file itself', () => {
  const inexact = [...SOURCES, ...TESTS].filter((file) =>
    importsOf(file).some((path) => path.startsWith('.') || !/\.(ts|js|json)$/.test(path)),
  )
  expect(inexact).toEqual([])
})

test('a file fits on a few screens', () => {
  const long = [...SOURCES, ...TESTS].filter((file) => linesOf(file).length > FILE_LINES_MAX)
  expect(long).toEqual([])
})

test('a function fits on two screens', () => {
  const long = SOURCES.flatMap((file) =>
    functionsOf(file)
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(({ name, lines }) => `${file}: ${name} has ${lines} lines`),
  )
  expect(long).toEqual([])
})

test.each([
  { habit: 'no default export', pattern: /^export default\b/m },
  { habit: 'no barrel', pattern: /^export \*/m },
  { habit: 'no any', pattern: /(:|\bas|<) ?any\b(?! )/m },
  { habit: 'no assertion that something is there', pattern: /[\w)\]]!(\.|\)|,|;|\[|$)/m },
  { habit: 'no enum', pattern: /^(export )?(const )?enum /m },
  { habit: 'no class but for an error', pattern: /^(export )?(abstract )?class \w+(?! extends Error\b)[ <]/m },
])('$habit', ({ pattern }) => {
  expect(SOURCES.filter((file) => pattern.test(codeOf(file)))).toEqual([])
})

function typescriptIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules/'))
    .map((name) => `${folder}/${name}`)
    .sort()
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}

/** A file without its comments and texts, which may say what code may not. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''")
    .replace(/\/\/ .*$/gm, '')
}

/** The files that a file imports, from the project's folder; packages aside. */
function importsOf(file: string): string[] {
  const matches = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gm)
  return [...matches].map(([, path = '']) => join(dirname(file), path))
}

/** Prettier ends each function with a brace in the column of its first line. */
const FUNCTION_START = /^( *)(?:(?:export )?(?:async )?function\*? (\w+).*[({]|.*\b(\w+)[:=( ].*=> \{)$/

/** Each function with the lines that are its own: those of functions inside it count for them. */
function functionsOf(file: string): { name: string; lines: number }[] {
  const lines = linesOf(file)
  const spans = lines.flatMap((line, from) => {
    const match = FUNCTION_START.exec(line)
    if (match === null) return []
    const [, indent = '', named, held] = match
    const to = lines.findIndex((other, i) => i > from && other.startsWith(indent + '}'))
    return [{ name: named ?? held ?? '', from, to }]
  })
  return spans.map(({ name, from, to }) => {
    const inside = new Set<number>()
    for (const inner of spans) {
      if (inner.from <= from || inner.to >= to) continue
      for (let i = inner.from + 1; i < inner.to; i++) inside.add(i)
    }
    return { name, lines: to - from + 1 - inside.size }
  })
}
