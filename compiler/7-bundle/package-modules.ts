import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, extname, join, relative } from 'node:path'
import type { Loader, OnResolveResult, Plugin, PluginBuild } from 'esbuild'

/** A package that code was taken from. */
export interface TakenPackage {
  readonly name: string
  readonly version: string
  /** An SPDX expression, or null when the package names none. */
  readonly licence: string | null
  readonly folder: string
}

const NAMESPACE = 'package'
const LOADERS: Readonly<Record<string, Loader>> = { '.js': 'js', '.mjs': 'js', '.cjs': 'js', '.json': 'json' }

/**
 * Names each module of a package after the package and its version, not after the folder that it happens to lie in: a bundle
 * must not depend on where npm put things.
 *
 * @param taken Filled with each package, by "name@version".
 */
export function packageModules(taken: Map<string, TakenPackage>): Plugin {
  return {
    name: 'package-modules',
    setup: (build) => {
      const { onResolve, onLoad } = build
      onResolve({ filter: /^[^./]/ }, (args) => (isAsked(args.pluginData) ? undefined : find(build, args, taken)))
      onResolve({ filter: /^\./, namespace: NAMESPACE }, (args) => find(build, args, taken))
      onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => {
        // Safe: `find` gave it.
        const file = pluginData as string
        const loader = LOADERS[extname(file)]
        if (loader === undefined) throw new Error(`${file} is no module that can be bundled`)
        return { contents: readFileSync(file, 'utf8'), loader, resolveDir: dirname(file) }
      })
    },
  }
}

/** The package's "name@version" in the name of a module, or null for one of no package. */
export function packageIn(module: string): string | null {
  const rest = module.startsWith(`${NAMESPACE}:`) ? module.slice(NAMESPACE.length + 1) : null
  return /^(?:@[^/]+\/)?[^/]+/.exec(rest ?? '')?.[0] ?? null
}

type ResolveArgs = Parameters<Parameters<PluginBuild['onResolve']>[1]>[0]

/** Marks what this plugin itself asks esbuild to find. */
const ASKED = Symbol('asked')

function isAsked(data: unknown): boolean {
  return data === ASKED
}

async function find(
  { resolve }: PluginBuild,
  { path, kind, resolveDir }: ResolveArgs,
  taken: Map<string, TakenPackage>,
): Promise<OnResolveResult | undefined> {
  if (path.startsWith('node:') || builtinModules.includes(path)) return { path, external: true }
  const found = await resolve(path, { kind, resolveDir, pluginData: ASKED })
  if (found.errors.length > 0) return { errors: found.errors }
  const own = packageOf(found.path)
  const name = `${own.name}@${own.version}`
  taken.set(name, own)
  return {
    path: `${name}/${relative(own.folder, found.path)}`,
    namespace: NAMESPACE,
    pluginData: found.path,
    sideEffects: found.sideEffects,
  }
}

/**
 * The package that a file belongs to. Folders inside a package may have a package.json, too, without a name.
 *
 * @throws When it belongs to none.
 */
export function packageOf(file: string): TakenPackage {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const text = readIfThere(join(folder, 'package.json'))
    if (text === null) continue
    // Safe: each member is looked at before it is used.
    const { name, version, license } = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (typeof name !== 'string' || typeof version !== 'string') continue
    return { name, version, licence: typeof license === 'string' ? license : null, folder }
  }
  throw new Error(`${file} belongs to no package`)
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
