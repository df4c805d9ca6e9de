import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { parseDuration, parseSize } from '../2-validate/units.ts'
import { countSeverities } from '../diagnostics/count.ts'
import { safeJson } from '../diagnostics/json.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { compareReports, readReport } from '../tools/loadtest/compare-reports.ts'
import { judgeReport } from '../tools/loadtest/judge-report.ts'
import { loadTest } from '../tools/loadtest/loadtest.ts'
import { nameOfRoute } from '../tools/loadtest/route-name.ts'
import { createProgressBar } from '../tools/loadtest/progress-bar.ts'
import { LOAD_FILE, perSecond, readLoadFile, type LoadSettings } from '../tools/loadtest/read-load-file.ts'
import type { LoadReport } from '../tools/loadtest/report.ts'
import { showReport } from '../tools/loadtest/show-report.ts'
import type { ReadConfig } from '../tools/read-config.ts'
import type { CommandContext } from './context.ts'
import { FILE_ARGUMENT, formatOption, type ResultFormat } from './options.ts'
import { requireConfig } from './require-config.ts'
import { tellDiagnostics } from './show-diagnostics.ts'

const DURATION_MS = 20_000
const CONNECTIONS = 16
const CONNECTIONS_MAX = 1024

interface LoadtestOptions {
  readonly duration?: number
  readonly connections?: number
  readonly latency?: number
  readonly minRate?: number
  readonly p99?: number
  readonly maxMemory?: number
  readonly compare?: string
  readonly format: ResultFormat
}

export function loadtestCommand(context: CommandContext): Command {
  return new Command('loadtest')
    .description(
      `Serve a config against stub upstreams, drive every route, and see that every limit holds. Needs no secret, no network and no upstream. What it says in ${LOAD_FILE} beside the config holds, too.`,
    )
    .argument(...FILE_ARGUMENT)
    .option('--duration <duration>', 'how long requests are made in all (default: 20s)', readShortDuration)
    .option('--connections <count>', 'clients that ask at once (default: 16)', readConnections)
    .option('--latency <duration>', 'how long the stubs keep each answer back', readShortDuration)
    .option('--min-rate <rate>', 'exit with 3 when a route gives fewer answers, such as 500/s', readRate)
    .option('--p99 <duration>', 'exit with 3 when 99 of 100 answers of a route take longer', readShortDuration)
    .option('--max-memory <size>', 'exit with 3 when the gateway takes more, such as 120MB', readSize)
    .addOption(new Option('--compare <report>', 'what --format json printed before: what became slower?'))
    .addOption(formatOption())
    .action(async (path: string, options: LoadtestOptions) => {
      const config = requireConfig(path, Date.now(), context)
      if (config === null) return
      tellDiagnostics(config.diagnostics, context)
      const { linked, file } = config
      const { cwd, schemaFolder } = context
      const routes = linked.routes.map((_, position) => nameOfRoute(linked, position))
      const { settings, diagnostics } = readLoadFile(file, { cwd, schemaFolder, routes })
      tellDiagnostics(diagnostics, context)
      if (countSeverities(diagnostics).errors > 0) return context.endWith(EXIT.wrong)
      const previous = options.compare === undefined ? null : readReport(resolve(cwd, options.compare))
      const report = await run(config, options, settings, context)
      const compared = previous === null ? report : { ...report, compared: compareReports(previous, report) }
      if (options.format === 'json') context.print(safeJson(compared))
      else context.print(showReport(compared, { colors: context.colors.print, columns: context.columns }))
      context.endWith(exitOf(report))
    })
}

/** The flags stand in place of the file. A signal ends what was started, and then the command. */
async function run(
  { linked: config, file, findSpan }: ReadConfig,
  options: LoadtestOptions,
  { thresholds, routes, ...settings }: LoadSettings,
  context: CommandContext,
): Promise<LoadReport> {
  const { runtimeFile, loadtestFolder, version, terminal, colors, prompt } = context
  const bar = createProgressBar(terminal === null ? null : { ...terminal, colors: colors.tell, write: prompt })
  let stop: () => Promise<void> = async () => undefined
  const interrupt = (): void => {
    bar.clear()
    void stop().finally(() => process.exit(EXIT.surroundings))
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const { minRate, p99, maxMemory } = options
  try {
    return await loadTest({
      config,
      file,
      findSpan,
      durationMs: options.duration ?? settings.durationMs ?? DURATION_MS,
      connections: options.connections ?? settings.connections ?? CONNECTIONS,
      latencyMs: options.latency ?? settings.latencyMs ?? 0,
      thresholds: {
        all: {
          ...thresholds,
          ...(minRate === undefined ? {} : { minRate }),
          ...(p99 === undefined ? {} : { p99Ms: p99 }),
          ...(maxMemory === undefined ? {} : { maxMemoryBytes: maxMemory }),
        },
        routes,
      },
      program: { runtimeFile, programFolder: loadtestFolder, version, tell: (text) => context.tell(text.trimEnd()) },
      onStep: bar.show,
      onStart: (end) => (stop = end),
    })
  } finally {
    bar.clear()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** A limit that did not hold, or an answer that failed, is worse than a threshold. */
function exitOf(report: LoadReport): ExitCode {
  const { brokenLimits, failedAnswers, unmetThresholds } = judgeReport(report)
  if (brokenLimits + failedAnswers > 0) return EXIT.wrong
  return unmetThresholds > 0 ? EXIT.threshold : EXIT.done
}

function readShortDuration(text: string): number {
  if (!/^[1-9][0-9]{0,5}(ms|s|m)$/.test(text)) throw new InvalidArgumentError('It must be a duration, such as 20s.')
  return parseDuration(text)
}

function readConnections(text: string): number {
  const count = Number(text)
  if (!/^[1-9][0-9]{0,3}$/.test(text) || count > CONNECTIONS_MAX)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${CONNECTIONS_MAX}.`)
  return count
}

function readRate(text: string): number {
  if (!/^[1-9][0-9_]{0,11}\/(s|min|h)$/.test(text)) throw new InvalidArgumentError('It must be a rate, such as 500/s.')
  return perSecond(text)
}

function readSize(text: string): number {
  if (!/^[1-9][0-9_]{0,11}(B|KB|MB|GB|KiB|MiB|GiB)$/.test(text))
    throw new InvalidArgumentError('It must be a size, such as 120MB or 96MiB.')
  return parseSize(text)
}
