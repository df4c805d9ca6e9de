import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

const ROOT = resolve(import.meta.dirname, '../..')
const VARIANTS = join(ROOT, 'dist/variants')

/** A few lines of a file that stand for others. */
export interface Replacement {
  /** Under the project's root. */
  readonly file: string
  /** Must stand in the file exactly once. */
  readonly from: string
  readonly to: string
}

/** Replacements of a mutant, as JSON: they are in every variant that a test of it builds, too. */
export const MUTANT_VARIABLE = 'KEYSMITH_TEST_MUTANT'

/**
 * Builds a runtime that differs from ours in a few lines; the sources stay as they are.
 *
 * @returns Its main file, to be served in place of the built one.
 * @throws When a replacement no longer applies, or does not build.
 */
export async function buildVariant(name: string, replacements: readonly Replacement[]): Promise<string> {
  const mutant = ofMutant()
  // Tests of several mutants run at one time, each with its own build of what it replaces.
  const file = mutant.length === 0 ? name : `${name}-${process.pid}`
  const outfile = join(VARIANTS, `${file}.js`)
  const all = [...replacements, ...mutant]
  const applied = new Set<Replacement>()
  await build({
    entryPoints: [join(ROOT, 'runtime/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    plugins: [replacing(all, applied)],
    logLevel: 'silent',
  })
  const missed = all.filter((replacement) => !applied.has(replacement))
  if (missed.length > 0) throw new Error(`${name}: the runtime has no ${missed.map(({ file }) => file).join(', ')}`)
  return outfile
}

function ofMutant(): Replacement[] {
  const json = process.env[MUTANT_VARIABLE]
  // Safe: the mutants' runner writes it, and nobody else.
  return json === undefined ? [] : (JSON.parse(json) as Replacement[])
}

function replacing(replacements: readonly Replacement[], applied: Set<Replacement>): Plugin {
  return {
    name: 'replacing',
    setup({ onLoad }) {
      onLoad({ filter: /\/runtime\/.*\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path)
        let contents = readFileSync(path, 'utf8')
        for (const replacement of replacements.filter((other) => other.file === file)) {
          contents = replaceOnce(contents, replacement)
          applied.add(replacement)
        }
        return { contents, loader: 'ts' }
      })
    },
  }
}

function replaceOnce(text: string, { file, from, to }: Replacement): string {
  const pieces = text.split(from)
  if (pieces.length !== 2) throw new Error(`${file}: these lines stand there ${pieces.length - 1} times:\n${from}`)
  return pieces.join(to)
}
