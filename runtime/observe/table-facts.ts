import type { GatewayTable } from '../../schemas/table.ts'
import type { TableFacts } from '../admin.ts'

export interface TableOrigin {
  /** RFC 3339, or null when the table was compiled in memory. */
  readonly builtAt: string | null
  /** Milliseconds since 1970 UTC. */
  readonly loadedMs: number
  readonly threads: number
}

/** What operators are told of a table: which one it is and how large, nothing of what it holds. */
export function tableFacts(table: GatewayTable, { builtAt, loadedMs, threads }: TableOrigin): TableFacts {
  return {
    gateway: table.gateway.name,
    configHash: table.configHash,
    builtAt,
    loadedAt: new Date(loadedMs).toISOString(),
    threads,
    counts: {
      apis: table.apis.length,
      routes: table.routes.length,
      upstreams: table.upstreams.length,
      tenants: table.tenants.length,
      keys: table.keyFile?.keys ?? table.keys.length,
      classes: table.classes.length,
      limits: table.limits.length,
      secrets: table.secrets.length,
    },
  }
}
