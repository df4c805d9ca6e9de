import { createRequire } from 'node:module'
import { packageOf, type TakenPackage } from './package-modules.ts'

/** esbuild names each module before its code; no text of a schema can stand at the beginning of a line. */
const MODULE = /^\/\/ ((?:@[^/\s]+\/)?[^/\s]+\/\S+)$/gm

/**
 * The packages whose helpers validators were bundled with.
 *
 * @param validators The text of validators.js.
 */
export function validatorPackages(validators: string): readonly TakenPackage[] {
  const require = createRequire(import.meta.url)
  // Helpers of ajv's own dependencies are where ajv finds them.
  const requireOfAjv = createRequire(require.resolve('ajv/package.json'))
  const taken = new Map<string, TakenPackage>()
  for (const [, module = ''] of validators.matchAll(MODULE)) {
    const own = packageOf((module.startsWith('ajv') ? require : requireOfAjv).resolve(module))
    taken.set(own.name, own)
  }
  return [...taken.values()]
}
