import { dirname, resolve } from 'node:path'
import { Script } from 'node:vm'
import { bundleGateway, type GatewayBundle } from '../../compiler/7-bundle/bundle-gateway.ts'
import { featuresOf, type FeatureName } from '../../compiler/7-bundle/features.ts'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { compile } from '../../compiler/compile.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { AT_MS, SCHEMA_FOLDER, summaryOf, VALIDATORS } from './check.ts'

export const RUNTIME_FOLDER = resolve('runtime')

export interface BundledConfig {
  readonly features: readonly FeatureName[]
  readonly table: GatewayTable
  readonly bundle: GatewayBundle
}

/** Bundles a config on disk as "keysmith build" does. */
export async function bundleOf(file: string): Promise<BundledConfig> {
  const cwd = dirname(resolve(file))
  const { files, diagnostics } = await compile(file, {
    schemaFolder: SCHEMA_FOLDER,
    validators: VALIDATORS,
    atMs: AT_MS,
    cwd,
  })
  if (files === null) throw new Error(summaryOf(diagnostics).join('\n'))
  const script = await bundleTable(files)
  // Safe: the compiler wrote it a moment ago.
  const table = new Script(script).runInThisContext() as GatewayTable
  const features = featuresOf(table)
  return { features, table, bundle: await bundleWith(features, script) }
}

export function bundleWith(features: readonly FeatureName[], script = '({})'): Promise<GatewayBundle> {
  return bundleGateway({
    script,
    name: 'a',
    configHash: 'b',
    features,
    form: 'module',
    runtimeFolder: RUNTIME_FOLDER,
    version: '0.0.0',
    nodeMajor: Number(process.versions.node.split('.')[0]),
    engineSha256: '',
  })
}
