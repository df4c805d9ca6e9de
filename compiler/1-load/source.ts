import type { Document } from 'yaml'

/** One file of a config, as it was read. */
export interface Source {
  /** Relative to the folder of the config's main file, with "/" between the parts. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly text: string
  /** The pointer at which this file's root stands: "" for the main file, the file name's own pointer for any other. */
  readonly root: string
  /** Positions in the text are offsets in UTF-16 units, as everywhere in this phase. */
  /** Null when the text did not parse; it is kept because diagnostics quote its lines. */
  readonly document: Document.Parsed | null
  /** Of a file of keys, where each line begins; null for YAML. The first step of a pointer into it is a line's number. */
  readonly lines: readonly number[] | null
}
