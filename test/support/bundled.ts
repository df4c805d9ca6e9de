import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { temporaryFolder } from './temporary-folder.ts'

/** Bundles a source file for a thread or a process of a test, which cannot load TypeScript. Gone when the test ends. */
export function bundled(source: string): string {
  const outfile = join(temporaryFolder(), 'bundled.mjs')
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
  return outfile
}
