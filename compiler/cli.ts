#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { CommandFault } from './command-fault.ts'
import { buildCommand } from './commands/build.ts'
import { checkCommand } from './commands/check.ts'
import { compileCommand } from './commands/compile.ts'
import { initCommand } from './commands/init.ts'
import { keysCommand } from './commands/keys.ts'
import { loadtestCommand } from './commands/loadtest.ts'
import type { CommandContext } from './commands/context.ts'
import { serveCommand } from './commands/serve.ts'
import { subscriptionsCommand } from './commands/subscriptions.ts'
import { printable } from './diagnostics/printable.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { wantsColors } from './wants-colors.ts'

/** This file runs as dist/compiler/cli.js; what it needs lies at fixed places around it. */
function placeOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

/** Some terminals do not say how wide they are. */
function widthOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : COLUMNS_USUAL
}

const COLUMNS_USUAL = 80

const context: CommandContext = {
  cwd: process.cwd(),
  input: process.stdin,
  version: packageJson.version,
  schemaFolder: placeOf('../../schemas'),
  runtimeFile: placeOf('../runtime/main.js'),
  loadtestFolder: placeOf('./tools/loadtest'),
  print: (text) => void process.stdout.write(text + '\n'),
  tell: (text) => void process.stderr.write(text + '\n'),
  prompt: (text) => void process.stderr.write(text),
  columns: process.stdout.isTTY ? widthOf(process.stdout) : null,
  terminal: process.stderr.isTTY ? { columns: widthOf(process.stderr) } : null,
  colors: { print: wantsColors(process.stdout, process.env), tell: wantsColors(process.stderr, process.env) },
  endWith: (exit) => {
    process.exitCode = exit
  },
}

const COMMANDS = [
  initCommand,
  checkCommand,
  compileCommand,
  buildCommand,
  serveCommand,
  loadtestCommand,
  keysCommand,
  subscriptionsCommand,
]

function createProgram(): Command {
  const program = new Command('keysmith')
    .description('Custom API keys, forged into a gateway.')
    .version(context.version)
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride()
  const commands = COMMANDS.map((create) => create(context))
  for (const command of commands) addTo(program, command)
  return program
}

/** What holds for the program holds for its commands and theirs. */
function addTo(parent: Command, command: Command): void {
  parent.addCommand(command.copyInheritedSettings(parent))
  for (const inner of command.commands) inner.copyInheritedSettings(command)
}

async function main(): Promise<void> {
  if (!existsSync(`${context.schemaFolder}/gateway.schema.json`)) {
    throw new CommandFault(
      EXIT.surroundings,
      `The language's schemas are not in ${context.schemaFolder}. Keysmith is not installed whole: install it again.`,
    )
  }
  await createProgram().parseAsync()
}

/** What the process ends with after a throw, and the message for it. */
function endOf(error: unknown): ExitCode {
  // Commander has told the person by itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof CommandFault) return tellFault(error, error.exit)
  if (error instanceof Error && error.name === 'StartFault') return tellFault(error, EXIT.surroundings)
  context.tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
  context.tell(`This is a bug in Keysmith ${context.version}. Please report it with the lines above.`)
  return EXIT.bug
}

/** Names of files and of things in a config stand in it. */
function tellFault({ message }: Error, exit: ExitCode): ExitCode {
  context.tell(`error: ${message.split('\n').map(printable).join('\n')}`)
  return exit
}

/** A reader that has seen enough, such as "head", is no fault; the command ends as it would have. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  process.exit(EXIT.surroundings)
}

process.stdout.on('error', onStreamError)
process.stderr.on('error', onStreamError)
process.on('uncaughtException', (error) => process.exit(endOf(error)))
main().catch((error: unknown) => context.endWith(endOf(error)))
