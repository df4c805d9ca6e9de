import type { RunningGateway } from '../../../schemas/start.ts'
import type { TableAttempt } from './compile-table.ts'

export interface ReloadParts {
  readonly gateway: Pick<RunningGateway, 'swap'>
  /** Compiles the config as it is now, and tells its diagnostics. */
  readonly attempt: () => Promise<TableAttempt>
  readonly tell: (line: string) => void
}

/**
 * Returns a function that puts the config as it is now in place of the table that serves. A config with an error, or a table
 * that the gateway refuses, leaves the old one. Calls that come while one is at work are answered by one more.
 */
export function createReloader(parts: ReloadParts): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  const run = async (): Promise<void> => {
    try {
      while (again) {
        again = false
        await reloadOnce(parts)
      }
    } finally {
      running = null
    }
  }
  return () => {
    again = true
    running ??= run()
    return running
  }
}

async function reloadOnce({ gateway, attempt, tell }: ReloadParts): Promise<void> {
  try {
    const { table } = await attempt()
    if (table === null) return tell('The table of before goes on serving.')
    const refusal = await gateway.swap(table.script, table.keyFile)
    if (refusal !== null) return tell(`The new table is refused: ${refusal}. The table of before goes on serving.`)
    tell('The new table serves now.')
  } catch (error) {
    // A bug met by an edit is no reason to end what serves.
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    tell('This is a bug in Keysmith; please report it with the lines above. The table of before goes on serving.')
  }
}
