import type { LinkedConfig } from '../3-link/linked.ts'
import type { Checked, CompileOptions } from '../compile.ts'

/** A config without errors, and how it was read: it can be read once more, edited. */
export interface ReadConfig extends Checked {
  readonly linked: LinkedConfig
  /** The main file, as the command names it. */
  readonly file: string
  readonly options: CompileOptions
}
