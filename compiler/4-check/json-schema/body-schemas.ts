import type { RawConfig } from '../../1-load/load.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Pointer } from '../../diagnostics/report.ts'

/** One file that holds a body schema, however many routes name it. */
export interface BodySchemaFile {
  readonly path: string
  /** Where the first route names it: the schema's own pointers go on from here. */
  readonly at: Pointer
  readonly schema: unknown
  /** The largest body that any of its routes takes. */
  readonly bodyBytesMax: number
}

export function bodySchemaFiles({ routes }: LinkedConfig, { sources }: RawConfig): BodySchemaFile[] {
  const pathByRoot = new Map(sources.map(({ root, path }) => [root, path]))
  const files = new Map<string, BodySchemaFile>()
  for (const { body, bodyBytes } of routes) {
    const path = pathByRoot.get(body?.at ?? '')
    if (body === null || path === undefined) continue
    const known = files.get(path)
    const first = known ?? { path, at: body.at, schema: body.schema }
    files.set(path, { ...first, bodyBytesMax: Math.max(bodyBytes, known?.bodyBytesMax ?? 0) })
  }
  return [...files.values()]
}
