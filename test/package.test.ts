import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import lock from '../package-lock.json' with { type: 'json' }
import { runKeysmith } from './support/run-keysmith.ts'

/** What "npm run build" makes: "compiler/cli.ts" becomes "dist/compiler/cli.js". */
const BUILT = [...packageJson.scripts.build.matchAll(/ (\S+)\.ts\b/g)].map(([, name]) => `dist/${name}.js`)
/** What a package is made of, and why. */
const PACKED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  // The programs, and what the first prints the address of.
  /^dist\/(compiler\/cli|compiler\/tools\/loadtest\/[\w-]+|runtime\/main)\.js$/,
  /^compiler\/DIAGNOSTICS\.md$/,
  // The language, for the compiler and editors; and the types of the table, for what is generated.
  /^schemas\/[\w-]+(\.schema\.json|\.ts)$/,
  // The runtime's sources, of which "keysmith build" takes what a config needs.
  /^runtime\/([\w-]+\/)*[\w-]+\.ts$/,
]
const NEEDED = [...BUILT, 'LICENSE', 'CHANGELOG.md', 'README.md', 'schemas/gateway.schema.json', 'schemas/table.ts']
const UNPACKED_BYTES_MAX = 3_000_000

/** Packages that a built file asks for, by the names that npm knows them by. */
async function packagesOf(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  })
  const paths = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  return [...new Set(paths.filter((path) => !isBuiltin(path)).map(packageNameOf))]
}

function packageNameOf(path: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path
}

/** All sources of both programs. The built ones hold package.json, and thus every name. */
function sourceText(): string {
  const files = ['compiler', 'runtime'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}

const { dependencies, devDependencies, optionalDependencies } = packageJson

test('the programs are built', () => {
  expect(BUILT).toEqual(expect.arrayContaining(['dist/compiler/cli.js', 'dist/runtime/main.js']))
})

test('what the built programs import is installed with them', async () => {
  const installed = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
  const imported = (await Promise.all(BUILT.map(packagesOf))).flat()
  expect(imported).toContain('yaml')
  expect(imported.filter((name) => !installed.includes(name))).toEqual([])
})

test('what is installed with the built programs is asked for by their sources', () => {
  const text = sourceText()
  const isAskedFor = (name: string): boolean => text.includes(`'${name}'`) || text.includes(`'${name}/`)
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
  expect(names.filter((name) => !isAskedFor(name))).toEqual([])
})

test('a packed package holds what is needed, and nothing else', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' })
  // Safe: that is what npm prints for one package.
  const [packed] = JSON.parse(output) as { files: { path: string }[]; unpackedSize: number }[]
  const paths = (packed?.files ?? []).map(({ path }) => path)
  expect(NEEDED.filter((path) => !paths.includes(path))).toEqual([])
  expect(paths.filter((path) => !PACKED.some((pattern) => pattern.test(path)))).toEqual([])
  expect(packed?.unpackedSize).toBeLessThan(UNPACKED_BYTES_MAX)
})

test('versions are exact, and no package is fetched from a host of its own', () => {
  const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.filter((version) => !/^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
    [],
  )
  expect(Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry)).toEqual([])
})

test('no package puts another node, npm or npx in front of those that are installed', () => {
  const bins = Object.values(lock.packages).flatMap((entry) => ('bin' in entry ? Object.keys(entry.bin ?? {}) : []))
  expect(bins).toContain('esbuild')
  expect(bins.filter((name) => ['node', 'npm', 'npx'].includes(name))).toEqual([])
})

test('the package, the newest heading of the changelog and the program name one version', async () => {
  const [, heading] = /^## \[(\d[^\]]*)\]/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? []
  expect(heading).toBe(packageJson.version)
  expect((await runKeysmith(['--version'])).stdout).toBe(`${packageJson.version}\n`)
})
