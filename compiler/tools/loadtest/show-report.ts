import pc from 'picocolors'
import { counted, type TextStyle } from '../../diagnostics/text.ts'
import { printable } from '../../diagnostics/printable.ts'
import { columns } from '../columns.ts'
import type { Undriven } from './choose-callers.ts'
import { judgeReport } from './judge-report.ts'
import type { Comparison, LimitResult, LoadReport, ThresholdResult } from './report.ts'

/** More of one kind are counted, not shown. */
const NOT_DRIVEN_MAX = 20
const LIMITS_MAX = 60
const NAME_COLUMNS_MIN = 16
const GAP_COLUMNS = 2

export interface ReportStyle extends TextStyle {
  /** How wide the terminal is; null where it is none. */
  readonly columns: number | null
}

/** A load test as a person reads it. */
export function showReport(report: LoadReport, style: ReportStyle): string {
  const { routes, limits, thresholds, compared, notDriven, notes } = report
  return [
    ...(routes.length === 0 ? [] : [routeTable(report, style)]),
    gatewayLine(report),
    ...(limits.length === 0 ? [] : [limitTable(limits, style)]),
    ...(thresholds.length === 0 ? [] : [thresholdTable(thresholds, style)]),
    ...(compared === undefined ? [] : [comparison(compared, style)]),
    ...undriven('route not driven', notDriven.routes, style),
    ...undriven('key not driven', notDriven.keys, style),
    notes.map((note) => pc.createColors(style.colors).dim(printable(note))).join('\n'),
    verdict(report, style),
  ].join('\n\n')
}

function routeTable({ routes }: LoadReport, style: ReportStyle): string {
  const head = ['route', 'rate', 'p50', 'p90', 'p99', 'cpu', 'answers']
  return fitted(
    head,
    routes.map(({ route, rate, latencyMs: { p50, p90, p99 }, cpuMicrosPerRequest, statuses, errors }) => [
      route,
      `${Math.round(rate)}/s`,
      milliseconds(p50),
      milliseconds(p90),
      milliseconds(p99),
      micros(cpuMicrosPerRequest),
      [
        ...Object.entries(statuses).map(([status, count]) => `${count}×${status}`),
        ...(errors > 0 ? [`${errors} broken`] : []),
      ].join(' '),
    ]),
    style,
  )
}

function gatewayLine({ gateway, settings }: LoadReport): string {
  const { cpuMicrosPerRequest, rssMiB, startMs } = gateway
  const memory = rssMiB === null ? 'memory not known' : `${rssMiB} MiB at most`
  const latency = settings.latencyMs === 0 ? '' : `, stubs answer after ${settings.latencyMs} ms`
  return [
    `Gateway: ${micros(cpuMicrosPerRequest)} of CPU a request, ${memory}, started in ${startMs} ms`,
    `(${counted(settings.connections, 'connection')}, ${settings.durationMs / 1000} s${latency}).`,
  ].join(' ')
}

function limitTable(limits: readonly LimitResult[], style: ReportStyle): string {
  const color = pc.createColors(style.colors)
  const more = limits.length - LIMITS_MAX
  const rows = limits
    .toSorted((a, b) => orderOf(a) - orderOf(b))
    .slice(0, LIMITS_MAX)
    .map(({ policy, key, offered, allowed, expected: [min, max], holds, reached, together, note }) => [
      `${policy} of ${key}`,
      String(offered),
      String(allowed),
      offered === 0 ? '-' : min === max ? String(min) : `${min}..${max}`,
      together === null ? '-' : `${together.allowed} <= ${together.most}`,
      holds === null ? 'not tried' : !holds ? 'BROKEN' : reached ? 'held' : 'not reached',
      holds === null ? (note ?? '') : '',
    ])
  const table = fitted(['limit', 'offered', 'allowed', 'expected', 'together', 'held', ''], rows, style)
  const shown = table + (more > 0 ? `\n(${more} more)` : '')
  return style.colors ? shown.replaceAll('BROKEN', color.red('BROKEN')) : shown
}

/** What did not hold comes first, then what was not tried. */
function orderOf({ holds, reached }: LimitResult): number {
  return holds === false ? 0 : holds === null ? 1 : reached ? 3 : 2
}

function thresholdTable(thresholds: readonly ThresholdResult[], style: ReportStyle): string {
  const rows = thresholds.map(({ name, route, wanted, got, holds }) => [
    route === null ? name : `${name} of ${route}`,
    `${name === 'min-rate' ? '>=' : '<='} ${quantity(name, wanted)}`,
    got === null ? '-' : quantity(name, got),
    holds ? 'met' : 'NOT MET',
  ])
  return fitted(['threshold', 'wanted', 'got', ''], rows, style)
}

function comparison({ routes, added, removed }: Comparison, style: ReportStyle): string {
  const color = pc.createColors(style.colors)
  const rows = routes
    .toSorted((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0))
    .map(({ route, cpu, p50, p99, rate, noise, verdict }) => [
      route,
      times(cpu),
      `±${Math.round(noise * 100)}%`,
      times(p50),
      times(p99),
      times(rate),
      verdict,
    ])
  return [
    fitted(['now / before', 'cpu', 'noise', 'p50', 'p99', 'rate', ''], rows, style),
    ...(added.length === 0 ? [] : [`Only now: ${added.map(printable).join(', ')}.`]),
    ...(removed.length === 0 ? [] : [`Only before: ${removed.map(printable).join(', ')}.`]),
    color.dim('CPU per request decides; what is within the noise is no change.'),
  ].join('\n')
}

/** Figures in columns; names make room for them where the terminal is narrow. */
function fitted(head: readonly string[], rows: readonly (readonly string[])[], style: ReportStyle): string {
  if (style.columns === null) return columns(head, rows, style)
  const lines = [head, ...rows]
  const others = head.slice(1).map((_, i) => Math.max(...lines.map((line) => line[i + 1]?.length ?? 0)) + GAP_COLUMNS)
  const room = Math.max(
    NAME_COLUMNS_MIN,
    others.reduce((left, width) => left - width, style.columns),
  )
  const fit = (name: string): string => (name.length <= room ? name : `${name.slice(0, room - 1)}…`)
  return columns(
    head,
    rows.map(([name = '', ...cells]) => [fit(name), ...cells]),
    style,
  )
}

function undriven(title: string, all: readonly Undriven[], style: TextStyle): string[] {
  if (all.length === 0) return []
  const more = all.length - NOT_DRIVEN_MAX
  const rows = all.slice(0, NOT_DRIVEN_MAX).map(({ name, reason }) => [name, reason])
  return [columns([title, 'why'], rows, style) + (more > 0 ? `\n(${more} more)` : '')]
}

function verdict(report: LoadReport, style: TextStyle): string {
  const { routes, limits, notDriven } = report
  const { brokenLimits, failedAnswers, unmetThresholds } = judgeReport(report)
  const color = pc.createColors(style.colors)
  const held = limits.filter(({ holds, reached }) => holds === true && reached).length
  const all = routes.length + notDriven.routes.length
  const parts = [
    `${routes.length} of ${counted(all, 'route')} driven`,
    ...(limits.length === 0 ? [] : [`${held} of ${counted(limits.length, 'limit')} reached and held`]),
    ...(brokenLimits === 0 ? [] : [color.red(`${counted(brokenLimits, 'limit')} did not hold`)]),
    ...(failedAnswers === 0 ? [] : [color.red(`${counted(failedAnswers, 'answer')} failed`)]),
    ...(unmetThresholds === 0 ? [] : [color.red(`${counted(unmetThresholds, 'threshold')} not met`)]),
  ]
  return parts.join(', ') + '.'
}

function milliseconds(ms: number): string {
  return `${ms >= 100 ? Math.round(ms) : ms.toPrecision(2)} ms`
}

function micros(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(value >= 100 ? 0 : 1)} µs`
}

function times(ratio: number | null): string {
  return ratio === null ? '-' : `${ratio.toFixed(2)}×`
}

function quantity(name: string, value: number): string {
  if (name === 'min-rate') return `${Number(value.toFixed(1))}/s`
  return name === 'p99' ? `${Number(value.toFixed(2))} ms` : `${Number(value.toFixed(1))} MiB`
}
