import { Command } from 'commander'
import { randomInt } from 'node:crypto'
import { join, relative, resolve } from 'node:path'
import { printable } from '../diagnostics/printable.ts'
import { init } from '../tools/init/init.ts'
import type { CommandContext } from './context.ts'
import { AT_OPTION, readInstant } from './options.ts'

export function initCommand(context: CommandContext): Command {
  return new Command('init')
    .description("Write a small gateway that runs, and print its first key's secret once, to standard output.")
    .argument('[dir]', 'where to; nothing that is there is replaced', '.')
    .option(...AT_OPTION, readInstant)
    .action((dir: string, options: { at?: number }) => {
      const { cwd, schemaFolder, tell } = context
      const folder = resolve(cwd, dir)
      const { secret, files } = init(folder, { cwd, schemaFolder, atMs: options.at ?? Date.now() }, randomInt)
      for (const file of files) tell(`wrote ${printable(relative(cwd, join(folder, file)))}`)
      tell(`README.md says how to go on. The first key's secret, which nobody can show again:`)
      context.print(secret)
    })
}
