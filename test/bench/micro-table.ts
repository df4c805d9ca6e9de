import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Script } from 'node:vm'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { compile } from '../../compiler/compile.ts'
import { createSlotBook } from '../../runtime/limits/slots.ts'
import { createLimitMemory, viewLimits } from '../../runtime/limits/state.ts'
import { loadTable, type LoadedTable } from '../../runtime/load-table.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import { gatewayConfig } from './gateway-config.ts'
import type { BenchKey } from './keys.ts'

const PLACES = { port: 1, adminPort: 2, upstreamPort: 3, logFile: '/nowhere' }
const HEX_AT = 'sha256:'.length
/** A counter for each key of a plan with one limit, and some to spare. */
const CELLS_PER_KEY = 2

/** The benchmark's table in this process, for these keys. The config is compiled for one of them; the others are like it. */
export async function loadMicroTable(keys: readonly BenchKey[]): Promise<LoadedTable> {
  const table = withKeys(await compileBenchTable(gatewayConfig(keys.slice(0, 1), PLACES)), keys)
  const cells = keys.length * CELLS_PER_KEY
  const plan = createSlotBook(cells).plan(table)
  if (plan === null) throw new Error('the counters have no room')
  return loadTable(table, viewLimits(createLimitMemory(cells, 1), plan, 0, 1))
}

export async function compileBenchTable(config: string): Promise<GatewayTable> {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-micro-'))
  try {
    const file = join(folder, 'gateway.yaml')
    writeFileSync(file, config)
    const options = { schemaFolder: resolve('schemas'), atMs: Date.now(), cwd: folder }
    const { files, diagnostics } = await compile(file, options)
    if (files === null) throw new Error(`the config of the benchmark is wrong: ${JSON.stringify(diagnostics)}`)
    // Safe: the script's value is the table that the compiler has just written.
    return new Script(await bundleTable(files)).runInThisContext() as GatewayTable
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function withKeys(table: GatewayTable, keys: readonly BenchKey[]): GatewayTable {
  const [key] = table.keys
  const [digest] = table.digests
  if (key === undefined || digest === undefined) throw new Error('the table of the benchmark has no key')
  return {
    ...table,
    keys: keys.map(({ id }) => ({ ...key, id })),
    digests: keys.map((own, position) => ({ ...digest, key: position, sha256: own.digest.slice(HEX_AT) })),
  }
}
