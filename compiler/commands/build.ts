import { Command, Option } from 'commander'
import { join, relative, resolve } from 'node:path'
import { compile, configFile } from '../compile.ts'
import { usageFault } from '../command-fault.ts'
import { printable } from '../diagnostics/printable.ts'
import { BUILD_NAMES, buildGateway, runtimeFolderOf } from '../tools/build/build.ts'
import { findNode } from '../tools/build/find-node.ts'
import { replaceOutput } from '../tools/build/output-folder.ts'
import type { CommandContext } from './context.ts'
import { AT_OPTION, FILE_ARGUMENT, readInstant } from './options.ts'
import { exitOf, tellDiagnostics } from './show-diagnostics.ts'

interface BuildOptions {
  readonly output: string
  readonly single?: true
  readonly node?: string
  readonly target: string
  readonly at?: number
}

const TARGETS = ['linux-x64'] as const
const HELP = `
What is built is run with "node gateway.mjs", or "./gateway" with --single; each has a --help of its own. It needs no other
file, no write access and no rights: secrets come from the environment or from files, and "--check" says which are missing.
Files that the config names are looked for from the folder that it runs in.

An executable writes the addon to a folder of its user's own in KEYSMITH_NATIVE_DIR, /dev/shm, the temporary folder or its
own, whichever takes files that may be executed; a folder in KEYSMITH_NATIVE_DIR that has uws.node in it already needs nothing
written. Like Node itself it honours NODE_OPTIONS.

manifest.json names what was built from what, with checksums; sbom.cdx.json lists the software in it. The same config, the
same Keysmith and the same Node give the same bytes.`
const BYTES_PER_MEBIBYTE = 1024 * 1024

export function buildCommand(context: CommandContext): Command {
  return new Command('build')
    .description(
      'Make what is deployed: gateway.mjs and the native addon beside it, or one executable. It needs neither Keysmith nor node_modules.',
    )
    .argument(...FILE_ARGUMENT)
    .requiredOption('-o, --output <dir>', 'where to; what an earlier build left there is replaced')
    .option('--single', 'one executable, which holds Node, the addon and the gateway')
    .option('--node <path>', 'the Node that runs it, or is put into the executable; left out, the one that runs this')
    .addOption(new Option('--target <platform>', 'the machine that runs it').choices(TARGETS).default(TARGETS[0]))
    .option(...AT_OPTION, readInstant)
    .addHelpText('after', HELP)
    .action(async (path: string, options: BuildOptions) => {
      const { schemaFolder, cwd, version, runtimeFile } = context
      const node = findNode(options.node, cwd)
      if (node.platform !== options.target)
        throw usageFault(`${node.path} is for ${node.platform}: name a Node for ${options.target} with --node.`)
      const compiled = await compile(configFile(path), { schemaFolder, cwd, atMs: options.at ?? Date.now() })
      tellDiagnostics(compiled.diagnostics, context)
      if (compiled.files === null) return context.endWith(exitOf(compiled, { strict: false }))

      const { files, manifest } = await buildGateway({
        files: compiled.files,
        single: options.single === true,
        node,
        runtimeFile,
        runtimeFolder: runtimeFolderOf(runtimeFile),
        version,
      })
      const folder = resolve(cwd, options.output)
      replaceOutput(folder, files, BUILD_NAMES)
      const nameOf = (name: string): string => printable(relative(cwd, join(folder, name)))
      for (const { name, bytes } of manifest.files) context.tell(`wrote ${nameOf(name)} (${sizeText(bytes)})`)
      context.tell(`${manifest.gateway} ${manifest.configHash} for Node ${manifest.versions.node}, ${manifest.target}`)
    })
}

function sizeText(bytes: number): string {
  return `${(bytes / BYTES_PER_MEBIBYTE).toFixed(2)} MiB`
}
