import { build, type Plugin } from 'esbuild'
import type { EmittedFiles } from '../6-emit/emit.ts'

const GLOBAL_NAME = 'keysmithTable'

/**
 * Turns a table and its validators into one script, whose value is the table. A script can be loaded any number of times
 * and is freed with its table; a module never is.
 */
export async function bundleTable(files: EmittedFiles): Promise<string> {
  const result = await build({
    stdin: { contents: files['table.ts'] ?? '', loader: 'ts', sourcefile: 'table.ts' },
    bundle: true,
    format: 'iife',
    globalName: GLOBAL_NAME,
    platform: 'neutral',
    target: 'node20',
    plugins: [emittedFiles(files)],
    write: false,
    charset: 'utf8',
    logLevel: 'silent',
  })
  return `(() => {\n${result.outputFiles[0]?.text ?? ''}\nreturn ${GLOBAL_NAME}.table\n})()`
}

/** Finds what the table imports among the emitted files, which need not be on disk. */
function emittedFiles(files: EmittedFiles): Plugin {
  return {
    name: 'emitted-files',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => ({ path: path.slice(2), namespace: 'emitted' }))
      onLoad({ filter: /.*/, namespace: 'emitted' }, ({ path }) => ({ contents: files[path] ?? '', loader: 'js' }))
    },
  }
}
