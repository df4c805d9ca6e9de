import type { ConfigValidators } from '../2-validate/ajv.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { CommandInput } from '../tools/keys/read-secret.ts'

/** What commands know of the process that they run in. */
export interface CommandContext {
  /** Absolute. */
  readonly cwd: string
  /** What a command reads that asks for something: a pipe, or a terminal. */
  readonly input: CommandInput
  readonly version: string
  /** Where the language's JSON Schemas lie. Absolute. */
  readonly schemaFolder: string
  /** Those schemas, compiled: for who runs many commands. Left out, each compiles them. */
  readonly validators?: ConfigValidators
  /** The runtime's built main file. Absolute. */
  readonly runtimeFile: string
  /** Where the built programs of the load test lie. Absolute. */
  readonly loadtestFolder: string
  /** Results: one line or several, without the last line break. */
  readonly print: (text: string) => void
  /** Everything else. */
  readonly tell: (text: string) => void
  /** To standard error as it is, without a line break: a question on a terminal. */
  readonly prompt: (text: string) => void
  /** How wide standard output is; null where it is no terminal. */
  readonly columns: number | null
  /** Standard error, where it is a terminal. */
  readonly terminal: { readonly columns: number } | null
  /** Whether each of the two is a terminal that wants colours. */
  readonly colors: { readonly print: boolean; readonly tell: boolean }
  /** What the process will end with, unless something worse happens. */
  readonly endWith: (exit: ExitCode) => void
}
