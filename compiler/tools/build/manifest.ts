import { createHash } from 'node:crypto'
import type { OutputFile } from './output-folder.ts'

export const MANIFEST_NAME = 'manifest.json'
/** Tells a folder that may be written to again from one that somebody else filled. */
export const GENERATOR = 'keysmith build'

/** What a folder holds and was made from. Its shape only grows. */
export interface Manifest {
  readonly format: 1
  readonly generator: typeof GENERATOR
  readonly gateway: string
  /** As logs and metrics name the config. */
  readonly configHash: string
  /** "linux-x64" */
  readonly target: string
  readonly versions: {
    readonly keysmith: string
    /** Of the Node that runs it: with the engine beside it the first number counts, in an executable it is this very one. */
    readonly node: string
    readonly engine: string
  }
  /** The parts of the runtime that the table asks for. */
  readonly features: readonly string[]
  readonly files: readonly ManifestFile[]
}

export interface ManifestFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export function manifestFile({ name, content }: OutputFile): ManifestFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
