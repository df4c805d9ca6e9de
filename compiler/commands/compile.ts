import { Command } from 'commander'
import { dirname, join, relative, resolve } from 'node:path'
import { compile, configFile } from '../compile.ts'
import { KEY_FILE } from '../6-emit/key-file.ts'
import { printable } from '../diagnostics/printable.ts'
import { EXIT } from '../exit-codes.ts'
import { compareOutput, writeOutput } from '../tools/output-files.ts'
import type { CommandContext } from './context.ts'
import { AT_OPTION, FILE_ARGUMENT, readInstant } from './options.ts'
import { exitOf, tellDiagnostics } from './show-diagnostics.ts'

export function compileCommand(context: CommandContext): Command {
  return new Command('compile')
    .description('Write the route table, table.ts, which people can read and git can compare.')
    .argument(...FILE_ARGUMENT)
    .option('-o, --output <dir>', "where to; left out, the config's folder")
    .option('--check', 'write nothing; fail when what is there differs')
    .option(...AT_OPTION, readInstant)
    .action(async (path: string, options: { output?: string; check?: true; at?: number }) => {
      const { schemaFolder, cwd } = context
      const file = configFile(path)
      const compiled = await compile(file, { schemaFolder, cwd, atMs: options.at ?? Date.now(), keys: 'filed' })
      tellDiagnostics(compiled.diagnostics, context)
      if (compiled.files === null) return context.endWith(exitOf(compiled, { strict: false }))

      const folder = resolve(options.output ?? dirname(file))
      const nameOf = (name: string): string => printable(relative(cwd, join(folder, name)))
      const files = compiled.keyFile === null ? compiled.files : { ...compiled.files, [KEY_FILE]: compiled.keyFile }
      const changes = compareOutput(folder, files)
      if (options.check === true) {
        const different = [...changes.write, ...changes.remove]
        for (const name of different) context.tell(`${nameOf(name)} differs from what ${printable(file)} compiles to`)
        return context.endWith(different.length === 0 ? EXIT.done : EXIT.wrong)
      }
      writeOutput(folder, files, changes)
      for (const name of changes.write) context.tell(`wrote ${nameOf(name)}`)
      for (const name of changes.remove) context.tell(`removed ${nameOf(name)}`)
      if (changes.write.length + changes.remove.length === 0) context.tell(`${nameOf('table.ts')} is up to date`)
    })
}
