import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile } from '../../compiler/compile.ts'
import { bundleTable } from '../../compiler/7-bundle/table-script.ts'
import { formatText } from '../../compiler/diagnostics/text.ts'
import type { RunningGateway, RuntimeModule, StartOptions } from '../../schemas/start.ts'
import type { AddressRow } from '../../schemas/table.ts'
import { recordOutput } from './run-record.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** The built runtime: threads cannot run TypeScript. `npm test` builds it first. Mutants put theirs in its place. */
export const BUILT_RUNTIME = resolve(process.env['KEYSMITH_TEST_RUNTIME'] ?? join(ROOT, 'dist/runtime/main.js'))

export interface TestGatewayOptions {
  /** Files beside gateway.yaml, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Addresses in place of an upstream's targets, by its name. */
  readonly targets?: Readonly<Record<string, readonly string[]>>
  readonly threads?: number
  /** In place of any free port of 127.0.0.1. */
  readonly listen?: readonly AddressRow[]
  /** Another build of the runtime, such as one with a fault in it. */
  readonly runtime?: string
}

export interface TestGateway {
  readonly port: number
  /** Of all its addresses. */
  readonly ports: readonly number[]
  readonly adminPort: number
  /** Lines told to the operator. */
  readonly told: readonly string[]
  /** The access log so far, parsed. Lines come a moment after their answers. */
  readonly log: () => Record<string, unknown>[]
  readonly logText: () => string
  /** The sum of a metric's samples whose labels hold all that is given, or 0. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>
  readonly swap: (yaml: string) => Promise<string | null>
  readonly stop: () => Promise<void>
}

/**
 * Compiles a config and serves it on free ports of 127.0.0.1. `listen`, `admin` and `log` of the config are replaced.
 *
 * @throws When the config has an error.
 */
export async function startTestGateway(yaml: string, options: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-gateway-'))
  const logFile = join(folder, 'access.log')
  const parts = (text: string): Promise<TableParts> => compileParts(folder, withLog(text, logFile), options.files ?? {})
  const told: string[] = []
  const runtime = options.runtime ?? BUILT_RUNTIME
  // Safe: schemas/start.ts is what the runtime's main file exports.
  const module = (await import(pathToFileURL(runtime).href)) as RuntimeModule
  const gateway: RunningGateway = await module.startGateway({
    ...(await parts(yaml)),
    threadEntry: runtime,
    listen: options.listen ?? [{ host: '127.0.0.1', port: 0 }],
    admin: { host: '127.0.0.1', port: 0 },
    threads: options.threads ?? 1,
    targets: options.targets ?? {},
    version: 'test',
    tell: (line) => void told.push(line),
  })
  const adminPort = gateway.admin?.port ?? 0
  const logText = (): string => readFileSync(logFile, 'utf8')
  return {
    port: gateway.listen[0]?.port ?? 0,
    ports: gateway.listen.map(({ port }) => port),
    adminPort,
    told,
    logText,
    log: () =>
      logText()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    metric: async (name, labels = {}) =>
      sumSamples(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text(), name, labels),
    swap: async (text) => {
      const { script, keyFile } = await parts(text)
      return gateway.swap(script, keyFile)
    },
    stop: async () => {
      for (const page of ['metrics', 'readyz', 'table']) recordOutput(page, await pageOf(adminPort, page))
      await gateway.stop()
      recordOutput('the access log', logText())
      recordOutput('what operators are told', told.join('\n'))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A gateway that is down already says nothing. */
async function pageOf(port: number, page: string): Promise<string> {
  try {
    return await (await fetch(`http://127.0.0.1:${port}/${page}`)).text()
  } catch {
    return ''
  }
}

type TableParts = Pick<StartOptions, 'script' | 'keyFile'>

async function compileParts(
  folder: string,
  yaml: string,
  files: Readonly<Record<string, string>>,
): Promise<TableParts> {
  for (const [name, text] of Object.entries({ ...files, 'gateway.yaml': yaml })) writeFileSync(join(folder, name), text)
  const main = join(folder, 'gateway.yaml')
  const compiled = await compile(main, {
    schemaFolder: join(ROOT, 'schemas'),
    atMs: Date.now(),
    cwd: dirname(main),
    keys: 'filed',
  })
  if (compiled.files === null)
    throw new Error(compiled.diagnostics.map((diagnostic) => formatText(diagnostic)).join('\n'))
  return { script: await bundleTable(compiled.files), keyFile: compiled.keyFile }
}

/** The access log goes to a file of the test, whatever the config says. */
function withLog(yaml: string, file: string): string {
  const without = yaml.replace(/^  log: .*\n/m, '')
  return without.replace(/^gateway:\n/m, `gateway:\n  log: { access: ${JSON.stringify(file)} }\n`)
}

function sumSamples(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** Waits until something holds, looking again and again. @throws After `mostMs`. */
export async function until(holds: () => boolean | Promise<boolean>, mostMs = 5000): Promise<void> {
  const end = performance.now() + mostMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come true in time')
    await new Promise((done) => setTimeout(done, 10))
  }
}
