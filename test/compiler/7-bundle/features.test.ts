import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { FEATURES, FEATURE_NAMES, type FeatureName } from '../../../compiler/7-bundle/features.ts'
import { bundleOf, bundleWith, RUNTIME_FOLDER } from '../../support/bundle-of.ts'

const FOLDERS = ['examples', 'test/tables'].flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
const GATEWAYS = FOLDERS.filter((folder) => existsSync(`${folder}/gateway.yaml`))
/** What the language's own programs are made of, and what stands in for upstreams. */
const COMPILER_PACKAGES = ['@bufbuild/cel', 'ajv', 'ajv-formats', 'commander', 'esbuild', 'recheck', 'yaml']

type Tree = Readonly<Record<string, unknown>>

/** What a config asks for, by a slow and obvious look at its files. */
function obviousFeatures(folder: string): FeatureName[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
  const texts = names
    .filter((name) => !name.endsWith('.test.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const files = texts.map((text) => parse(text, { logLevel: 'silent' }) as Tree)
  const gateway = treeAt(files, 'gateway')
  const apis = treeAt(files, 'apis')
  const routes = Object.values(apis).flatMap((api) => Object.values((api as { routes?: Tree }).routes ?? {})) as Tree[]
  const binds = [...Object.values(apis), ...routes].flatMap((part) =>
    Object.entries((part as { bind?: Tree }).bind ?? {}),
  )
  const listen = [gateway['listen']].flat()
  const asked: Readonly<Record<FeatureName, boolean>> = {
    admin: 'admin' in gateway,
    binds: binds.length > 0,
    block: 'block' in ((gateway['protect'] ?? {}) as Tree),
    bodies: routes.some((route) => 'body' in route) || binds.some(([name]) => name.startsWith('body.')),
    expressions: /\bwhen:|\bclaims\./.test(texts.join('\n')),
    fields: [...Object.values(apis), ...routes].some((part) => 'fields' in (part as Tree)),
    identities: 'identity' in Object.assign({}, ...files),
    lockout: 'lockout' in ((gateway['protect'] ?? {}) as Tree),
    queries: routes.some((route) => 'query' in route),
    replays: texts.some((text) => /\bsigning:|\bdpop:(?! *off)/.test(text)),
    revocations: 'revocations' in gateway,
    signing: texts.some((text) => /\bsigning:/.test(text)),
    tls: listen.some((address) => typeof address === 'object'),
  }
  return FEATURE_NAMES.filter((name) => asked[name])
}

function treeAt(files: readonly Tree[], name: string): Tree {
  return Object.assign({}, ...files.map((file) => file[name] ?? {})) as Tree
}

const sizes = new Map<string, number>()

/** So that a run shows what each costs. */
afterAll(() => {
  const lines = [...sizes].map(([folder, bytes]) => `${(bytes / 1000).toFixed(0).padStart(7)} kB  ${folder}\n`)
  process.stdout.write(`gateway.mjs of:\n${lines.join('')}`)
})

describe.each(GATEWAYS)('%s', (folder) => {
  test('holds the features that its table asks for, and no other', async () => {
    const { features, bundle } = await bundleOf(`${folder}/gateway.yaml`)
    expect(features).toEqual(obviousFeatures(folder))
    sizes.set(folder, bundle.text.length)
    for (const name of FEATURE_NAMES) {
      const isThere = features.includes(name)
      const { modules } = FEATURES[name]
      const bundled = modules.filter((module) => bundle.files.includes(module))
      // One of them may have been shaken out: what it exports is a constant.
      expect(bundled.length > 0, `${name} ${isThere ? 'is missing' : 'is too much'}`).toBe(isThere)
      if (isThere) expect(bundle.files).not.toContain(`without/${name}.ts`)
    }
    const packages = bundle.packages.map(({ name }) => name)
    expect(packages.includes('jose')).toBe(features.includes('identities'))
    expect(packages.includes('structured-headers')).toBe(features.includes('signing'))
    expect(packages.includes('prom-client')).toBe(features.includes('admin'))
    expect(bundle.files.some((file) => file.startsWith('expressions/functions'))).toBe(features.includes('expressions'))
  })
})

test('a bundle holds the runtime and packages, and nothing of the compiler', async () => {
  const { files, packages } = await bundleWith(FEATURE_NAMES)
  expect(files.filter((file) => file.startsWith('..') || !existsSync(join(RUNTIME_FOLDER, file)))).toEqual([])
  expect(packages.map(({ name }) => name).filter((name) => COMPILER_PACKAGES.includes(name))).toEqual([])
})

test.each(FEATURE_NAMES)(
  'a bundle with %s alone can be made: what stands in for the others has all that is asked of it',
  async (name) => {
    const { files } = await bundleWith([name])
    expect(files).toContain(FEATURES[name].modules[0])
  },
)

test('every feature has its stand-in, and every stand-in its feature', () => {
  const standIns = readdirSync(join(RUNTIME_FOLDER, 'without')).filter((name) => name !== 'absent.ts')
  expect(standIns.sort()).toEqual(FEATURE_NAMES.map((name) => `${name}.ts`).sort())
  const modules = FEATURE_NAMES.flatMap((name): readonly string[] => FEATURES[name].modules)
  expect(modules.filter((module) => !existsSync(join(RUNTIME_FOLDER, module)))).toEqual([])
})
