import { join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { FEATURES, FEATURE_NAMES, type FeatureName } from './features.ts'
import { packageIn, packageModules, type TakenPackage } from './package-modules.ts'

export interface BundleRequest {
  /** The table as one script whose value it is. */
  readonly script: string
  /** The gateway's name, and the hash of its table. */
  readonly name: string
  readonly configHash: string
  /** What of the runtime is taken along. */
  readonly features: readonly FeatureName[]
  /**
   * A module for a file that has the addon beside it, a text for an executable that holds both, or a text without a table
   * that exports `startGateway`, for who hands it tables.
   */
  readonly form: 'module' | 'executable' | 'library'
  /** The folder of the runtime's sources. Absolute. */
  readonly runtimeFolder: string
  /** Keysmith's own. */
  readonly version: string
  /** Of the Node that it is for. */
  readonly nodeMajor: number
  /** Of the addon. */
  readonly engineSha256: string
}

export interface GatewayBundle {
  readonly text: string
  /** Every package that code of the runtime was taken from. */
  readonly packages: readonly TakenPackage[]
  /** Files of the runtime, from its folder, sorted. */
  readonly files: readonly string[]
}

/** The file names that the two forms know. */
export const ADDON_NAME = 'uws.node'
export const CODE_NAME = 'gateway.cjs'

/** Puts the runtime, as far as it is needed, and the table into one text. Same input, same bytes. */
export async function bundleGateway(request: BundleRequest): Promise<GatewayBundle> {
  const { form, runtimeFolder, features, script } = request
  const taken = new Map<string, TakenPackage>()
  const { outputFiles, metafile } = await build({
    stdin: { contents: entryOf(request), loader: 'ts', sourcefile: 'gateway.ts', resolveDir: runtimeFolder },
    absWorkingDir: runtimeFolder,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: form === 'module' ? 'esm' : 'cjs',
    // Packages that were written for CommonJS ask for what Node brings.
    ...(form === 'module' ? { banner: { js: REQUIRE } } : {}),
    define: form === 'module' ? {} : { 'import.meta.url': JSON.stringify('file:///') },
    plugins: [tableModule(script), packageModules(taken), leftOut(runtimeFolder, features)],
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: '{}',
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  const inputs = Object.entries(output?.inputs ?? {})
  const modules = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([module]) => module)
  const names = new Set(modules.flatMap((module) => packageIn(module) ?? []))
  return {
    text: outputFiles[0]?.text ?? '',
    packages: [...taken].filter(([name]) => names.has(name)).map(([, own]) => own),
    files: modules.filter((module) => module.endsWith('.ts') && module !== 'gateway.ts').sort(),
  }
}

const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module'
const require = createRequireOfBundle(import.meta.url)`

/** What is different between the forms stands in the first file of each. */
function entryOf({ form, name, configHash, version, nodeMajor, engineSha256 }: BundleRequest): string {
  const facts = { name, configHash, version, nodeMajor }
  const parts = `script, ...${JSON.stringify(facts)}`
  if (form === 'library') return "export { startGateway } from './main.ts'\n"
  if (form === 'module')
    return `import { fileURLToPath } from 'node:url'
import { runBundle } from './bundle/run-bundle.ts'
import script from 'keysmith-table'

const placeOf = (url: string | URL): string => fileURLToPath(url)
runBundle({
  ${parts},
  threadEntry: () => placeOf(import.meta.url),
  engineFile: () => placeOf(new URL(${JSON.stringify(ADDON_NAME)}, import.meta.url)),
})
`
  return `import { getAsset, getRawAsset } from 'node:sea'
import { extractEngine } from './bundle/extract-engine.ts'
import { runBundle } from './bundle/run-bundle.ts'
import script from 'keysmith-table'

runBundle({
  ${parts},
  threadEntry: () => ({ code: getAsset(${JSON.stringify(CODE_NAME)}, 'utf8') }),
  engineFile: () => extractEngine(new Uint8Array(getRawAsset(${JSON.stringify(ADDON_NAME)})), ${JSON.stringify(engineSha256)}),
})
`
}

function tableModule(script: string): Plugin {
  return {
    name: 'table-module',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^keysmith-table$/ }, ({ path }) => ({ path, namespace: 'table' }))
      onLoad({ filter: /.*/, namespace: 'table' }, () => ({ contents: script, loader: 'text' }))
    },
  }
}

/** In place of a feature that is not taken along stands the file that does without it. */
function leftOut(runtimeFolder: string, features: readonly FeatureName[]): Plugin {
  const standIns = new Map(
    FEATURE_NAMES.filter((name) => !features.includes(name)).flatMap((name) =>
      FEATURES[name].modules.map((module) => [
        join(runtimeFolder, module),
        join(runtimeFolder, 'without', `${name}.ts`),
      ]),
    ),
  )
  return {
    name: 'left-out',
    setup({ onResolve }) {
      onResolve({ filter: /^\..*\.ts$/, namespace: 'file' }, ({ path, resolveDir }) => {
        const standIn = standIns.get(resolve(resolveDir, path))
        return standIn === undefined ? undefined : { path: standIn }
      })
    },
  }
}
