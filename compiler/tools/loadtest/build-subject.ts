import { dirname, resolve } from 'node:path'
import { Script } from 'node:vm'
import { stop as stopBundler } from 'esbuild'
import type { GatewayTable } from '../../../schemas/table.ts'
import { bundleGateway } from '../../7-bundle/bundle-gateway.ts'
import { FEATURE_NAMES, featuresOf, type FeatureName } from '../../7-bundle/features.ts'
import { bundleTable } from '../../7-bundle/table-script.ts'
import type { FindSpan } from '../../1-load/places.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { lower } from '../../5-lower/lower.ts'
import { emit } from '../../6-emit/emit.ts'
import { runtimeFolderOf } from '../build/build.ts'
import { findNode } from '../build/find-node.ts'
import { loadRuntime } from '../serve/load-runtime.ts'

/** What is tested: the runtime as it is deployed for a config, and the table that it serves. In memory. */
export interface Subject {
  /** The table as one script. */
  readonly script: string
  /** The runtime as one text that exports how it is started. */
  readonly code: string
  /** The engine's addon. Absolute. */
  readonly engineFile: string
}

export interface SubjectRequest {
  /** As it is written: it says which parts of the runtime are deployed. */
  readonly written: LinkedConfig
  /** As it is driven. */
  readonly config: LinkedConfig
  readonly file: string
  readonly findSpan: FindSpan
  readonly runtimeFile: string
  readonly version: string
}

/**
 * Builds a gateway as `keysmith build` does. Leaves no process of the bundler behind.
 *
 * @throws A `CommandFault` or the runtime's `StartFault` when there is no engine for this Node.
 */
export async function buildSubject(request: SubjectRequest): Promise<Subject> {
  const { written, config, file, findSpan, runtimeFile, version } = request
  const { major: nodeMajor, platform } = findNode(undefined, dirname(runtimeFile))
  const { engineFileFor } = await loadRuntime(runtimeFile)
  const engine = engineFileFor({ nodeMajor, platform })
  try {
    const { files } = await emit(lower(config), findSpan, dirname(resolve(file)))
    const script = await bundleTable(files)
    // Safe: it was emitted here a moment ago.
    const table = new Script(script).runInThisContext() as GatewayTable
    const needed = new Set<FeatureName>([...featuresOf(table), ...leftOutHere(written)])
    const { text } = await bundleGateway({
      script,
      name: table.gateway.name,
      configHash: table.configHash,
      features: FEATURE_NAMES.filter((name) => needed.has(name)),
      form: 'library',
      runtimeFolder: runtimeFolderOf(runtimeFile),
      version,
      nodeMajor,
      engineSha256: engine.sha256,
    })
    return { script, code: text, engineFile: engine.path }
  } finally {
    await stopBundler()
  }
}

/** What a load test does without, and what is deployed does not. */
function leftOutHere({ settings, identities }: LinkedConfig): FeatureName[] {
  return [
    ...(settings.admin === null ? [] : (['admin'] as const)),
    ...(identities.length === 0 ? [] : (['identities'] as const)),
    ...(settings.revocations === null ? [] : (['revocations'] as const)),
    ...(settings.listen.some(({ tls }) => tls !== null) ? (['tls'] as const) : []),
  ]
}
