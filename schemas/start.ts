import type { AddressRow, ListenRow } from './table.ts'

/** What a thread starts with: the runtime's own file, absolute; or the runtime as a CommonJS text, where it is no file. */
export type ThreadEntry = string | { readonly code: string }

/** How a table is handed to the runtime: what `keysmith serve` and a bundle's entry have in common. */
export interface StartOptions {
  /** The table as one script whose value it is. */
  readonly script: string
  /** The file of keys that the table names. Over shared memory it is not copied. */
  readonly keyFile?: Uint8Array | null
  readonly threadEntry: ThreadEntry
  /** Where the engine's addon lies; left out, it is one of Keysmith's packages. */
  readonly engineFile?: string
  /** In place of the table's, in its order: each keeps the `tls` of the one that it replaces. Port 0 takes any free one. */
  readonly listen?: readonly AddressRow[]
  readonly admin?: AddressRow
  /** In place of the table's. */
  readonly threads?: number
  /** Addresses in place of an upstream's targets, by its name. */
  readonly targets?: Readonly<Record<string, readonly string[]>>
  /** Keysmith's own, for metrics. */
  readonly version: string
  /** Lines for the operator, without a line break. */
  readonly tell: (line: string) => void
}

export interface RunningGateway {
  /** With the real ports. */
  readonly listen: readonly ListenRow[]
  readonly admin: AddressRow | null
  /**
   * Puts another table in place of the one that serves, on all threads or on none.
   *
   * @returns Null, or why it was refused; then the old one goes on.
   */
  readonly swap: (script: string, keyFile?: Uint8Array | null) => Promise<string | null>
  /** Opens the access log's file anew, after it was moved away. */
  readonly reopenLog: () => void
  /** Reads the file of revocations now, whether it seems to have changed or not. */
  readonly readRevocations: () => void
  /** Finishes what is in flight, then ends. Settles when all is closed. */
  readonly stop: () => Promise<void>
}

/** A Node and a machine. */
export interface Host {
  readonly nodeMajor: number
  readonly platform: string
}

/** The engine's addon as a file, whose checksum was looked at. */
export interface EngineFile {
  /** Absolute. */
  readonly path: string
  readonly version: string
  readonly sha256: string
}

/** What the runtime's main file exports. */
export interface RuntimeModule {
  /** @throws A `StartFault`, an Error whose name says so, when the surroundings do not allow it. */
  readonly startGateway: (options: StartOptions) => Promise<RunningGateway>
  /** @throws A `StartFault` that says what to install, when there is none for that Node or not the right one. */
  readonly engineFileFor: (host: Host) => EngineFile
}
