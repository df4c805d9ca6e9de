import { CommanderError, type Command } from 'commander'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { CommandFault } from '../../compiler/command-fault.ts'
import type { CommandContext } from '../../compiler/commands/context.ts'
import { printable } from '../../compiler/diagnostics/printable.ts'
import { EXIT } from '../../compiler/exit-codes.ts'
import { VALIDATORS } from './check.ts'
import type { CommandResult } from './run-keysmith.ts'

/**
 * Runs a command in this process: far quicker than a process of its own, where only the command is asked about. Paths in the
 * arguments are absolute; "--file" is added, the gateway.yaml of the folder.
 */
export async function runCommand(
  create: (context: CommandContext) => Command,
  args: readonly string[],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string | Buffer },
): Promise<CommandResult> {
  let [stdout, stderr]: [string, string] = ['', '']
  let exit: number = EXIT.done
  const stdin = new PassThrough()
  stdin.end(input)
  const context: CommandContext = {
    cwd,
    input: stdin,
    version: '0.0.0',
    schemaFolder: resolve('schemas'),
    validators: VALIDATORS,
    runtimeFile: resolve('dist/runtime/main.js'),
    loadtestFolder: resolve('dist/compiler/tools/loadtest'),
    columns: null,
    terminal: null,
    print: (text) => void (stdout += text + '\n'),
    tell: (text) => void (stderr += text + '\n'),
    prompt: (text) => void (stderr += text),
    colors: { print: false, tell: false },
    endWith: (code) => void (exit = code),
  }
  const command = quiet(create(context), (text) => void (stderr += text))
  try {
    await command.parseAsync([...args, '--file', join(cwd, 'gateway.yaml')], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) exit = EXIT.usage
    else if (error instanceof CommandFault) {
      stderr += `error: ${printable(error.message)}\n`
      exit = error.exit
    } else throw error
  }
  return { exit, stdout, stderr }
}

/** As cli.ts sets its program up. */
function quiet(command: Command, writeErr: (text: string) => void): Command {
  command.exitOverride().configureOutput({ writeErr })
  for (const inner of command.commands) quiet(inner, writeErr)
  return command
}
