import type { GatewayTable, ListenRow } from '../schemas/table.ts'
import { checkTlsFiles } from './check-tls-files.ts'
import { findEngine, thisHost } from './engine/load.ts'
import { checkSigningSecrets } from './identity/signing-secrets.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { StartFault } from './start-faults.ts'

/** What a table needs of its surroundings, as it was found. */
export interface FoundSurroundings {
  readonly enginePath: string
  /** Lines on what works and will not please. */
  readonly warnings: readonly string[]
}

/**
 * Looks for all that a table needs before anything is started: secrets, the files of TLS and the engine.
 *
 * @param engineFile Where the engine lies; left out, it is one of Keysmith's packages.
 * @throws A `StartFault` that names all that is missing.
 */
export function checkSurroundings(
  table: GatewayTable,
  listen: readonly ListenRow[],
  engineFile: string | undefined,
): FoundSurroundings {
  const faults: string[] = []
  const secrets = attempt(faults, () => resolveSecrets(table.secrets, process.env))
  if (secrets !== null) attempt(faults, () => checkSigningSecrets(table, secrets))
  const warnings = attempt(faults, () => checkTlsFiles(listen, Date.now()))
  const enginePath = attempt(faults, () => findEngine(thisHost(), engineFile))
  if (enginePath === null || warnings === null || faults.length > 0) throw new StartFault(faults.join('\n'))
  return { enginePath, warnings }
}

function attempt<Result>(faults: string[], step: () => Result): Result | null {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof StartFault)) throw error
    faults.push(error.message)
    return null
  }
}
