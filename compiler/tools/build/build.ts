import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { stop } from 'esbuild'
import type { EngineFile } from '../../../schemas/start.ts'
import type { GatewayTable } from '../../../schemas/table.ts'
import type { EmittedFiles } from '../../6-emit/emit.ts'
import { ADDON_NAME, bundleGateway, type GatewayBundle } from '../../7-bundle/bundle-gateway.ts'
import { featuresOf } from '../../7-bundle/features.ts'
import { canHoldProgram, injectProgram } from '../../7-bundle/inject-program.ts'
import type { TakenPackage } from '../../7-bundle/package-modules.ts'
import { npmUrl, softwareList, type TakenBinary } from '../../7-bundle/software-list.ts'
import { validatorPackages } from '../../7-bundle/validator-packages.ts'
import { bundleTable } from '../../7-bundle/table-script.ts'
import { CommandFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'
import { loadRuntime } from '../serve/load-runtime.ts'
import { readProgram, type NodeProgram } from './find-node.ts'
import { GENERATOR, MANIFEST_NAME, manifestFile, type Manifest } from './manifest.ts'
import type { OutputFile } from './output-folder.ts'

export interface BuildRequest {
  readonly files: EmittedFiles
  /** One executable in place of a module and the addon. */
  readonly single: boolean
  readonly node: NodeProgram
  /** The runtime's built main file, and the folder of its sources. Absolute. */
  readonly runtimeFile: string
  readonly runtimeFolder: string
  /** Keysmith's own. */
  readonly version: string
}

export interface BuiltGateway {
  /** What is deployed first, the manifest last. */
  readonly files: readonly OutputFile[]
  readonly manifest: Manifest
}

const MODULE_NAME = 'gateway.mjs'
const PROGRAM_NAME = 'gateway'
const SOFTWARE_NAME = 'sbom.cdx.json'
/** Every name that a build can write. */
export const BUILD_NAMES = [MODULE_NAME, ADDON_NAME, PROGRAM_NAME, SOFTWARE_NAME, MANIFEST_NAME] as const

/**
 * Makes what is deployed of a config without mistakes. Writes nothing. Same input, same bytes.
 *
 * @throws A `CommandFault` or the runtime's `StartFault` when the Node or the engine do not serve.
 */
export async function buildGateway(request: BuildRequest): Promise<BuiltGateway> {
  const { single, node, version, runtimeFolder } = request
  const { engineFileFor } = await loadRuntime(request.runtimeFile)
  const engine = engineFileFor({ nodeMajor: node.major, platform: node.platform })
  try {
    const script = await bundleTable(request.files)
    // Safe: it was emitted here a moment ago.
    const table = new Script(script).runInThisContext() as GatewayTable
    const features = featuresOf(table)
    const { name } = table.gateway
    const { configHash } = table
    const bundle = await bundleGateway({
      script,
      name,
      configHash,
      features,
      form: single ? 'executable' : 'module',
      runtimeFolder,
      version,
      nodeMajor: node.major,
      engineSha256: engine.sha256,
    })
    const deployed = single ? await programFile(node, bundle, engine) : moduleFiles(bundle, engine)
    const binaries = [engineOf(engine, node), ...(single ? [nodeOf(node)] : [])]
    const packages = [...bundle.packages, ...validatorPackages(request.files['validators.js'] ?? '')].sort(byName)
    const list = softwareList({ gateway: name, configHash, version, packages, binaries })
    const files = [...deployed, { name: SOFTWARE_NAME, content: list }]
    const manifest: Manifest = {
      format: 1,
      generator: GENERATOR,
      gateway: name,
      configHash,
      target: node.platform,
      versions: { keysmith: version, node: single ? node.version : String(node.major), engine: engine.version },
      features,
      files: files.map(manifestFile),
    }
    return { files: [...files, { name: MANIFEST_NAME, content: `${JSON.stringify(manifest, null, 2)}\n` }], manifest }
  } finally {
    await stop()
  }
}

function moduleFiles({ text }: GatewayBundle, { path }: EngineFile): readonly OutputFile[] {
  return [
    { name: MODULE_NAME, content: text },
    { name: ADDON_NAME, content: readFileSync(path) },
  ]
}

async function programFile(
  node: NodeProgram,
  { text }: GatewayBundle,
  { path }: EngineFile,
): Promise<readonly OutputFile[]> {
  if (!canHoldProgram(readProgram(node)))
    throw new CommandFault(
      EXIT.surroundings,
      `${node.path} cannot hold a program: it was built without that, or holds one already. Name another Node with --node.`,
    )
  try {
    const content = await injectProgram({ node: node.path, code: text, addon: readFileSync(path) })
    return [{ name: PROGRAM_NAME, content, executable: true }]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFault(EXIT.surroundings, `The executable cannot be made with ${node.path}: ${reason}`)
  }
}

function byName(a: TakenPackage, b: TakenPackage): number {
  return `${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1
}

function engineOf({ version, sha256 }: EngineFile, { major, platform }: NodeProgram): TakenBinary {
  const purl = npmUrl(`@uwsjs/${platform}-${major}`, version)
  return { name: 'uWebSockets.js', version, purl, licence: 'Apache-2.0', sha256 }
}

function nodeOf(node: NodeProgram): TakenBinary {
  const { version } = node
  const { sha256 } = manifestFile({ name: 'node', content: readProgram(node) })
  return { name: 'node', version, purl: `pkg:generic/node@${version}`, licence: 'MIT', sha256 }
}

/** Where the runtime's sources lie beside its built main file. */
export function runtimeFolderOf(runtimeFile: string): string {
  return join(dirname(runtimeFile), '../../runtime')
}
