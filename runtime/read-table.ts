import { Script } from 'node:vm'
import type { GatewayTable } from '../schemas/table.ts'

const FORMAT = 1

/**
 * Runs a table's script. A script is freed with its table; a module never would be.
 *
 * @throws What the script throws, or when the table is of another format than this runtime reads.
 */
export function readTable(script: string): GatewayTable {
  // Safe: the script is the compiler's own, and the format says which.
  const table = new Script(script, { filename: 'table.js' }).runInThisContext() as GatewayTable
  if (table.format !== FORMAT)
    throw new Error(
      `the table has format ${String(table.format)}; this runtime reads ${FORMAT}: compile its config again`,
    )
  return table
}
