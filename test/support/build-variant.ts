import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { ofMutant, replaceOnce, type Replacement } from './replacements.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const VARIANTS = join(ROOT, 'dist/variants')

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
