import type { ExitCode } from '../exit-codes.ts'

/** What commands know of the process that they run in. */
export interface CommandContext {
  /** Absolute. */
  readonly cwd: string
  readonly version: string
  /** Where the language's JSON Schemas lie. Absolute. */
  readonly schemaFolder: string
  /** The runtime's built main file. Absolute. */
  readonly runtimeFile: string
  /** Results: one line or several, without the last line break. */
  readonly print: (text: string) => void
  /** Everything else. */
  readonly tell: (text: string) => void
  /** Whether each of the two is a terminal that wants colours. */
  readonly colors: { readonly print: boolean; readonly tell: boolean }
  /** What the process will end with, unless something worse happens. */
  readonly endWith: (exit: ExitCode) => void
}
