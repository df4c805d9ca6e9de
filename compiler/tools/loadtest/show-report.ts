import pc from 'picocolors'
import { counted, type TextStyle } from '../../diagnostics/text.ts'
import { printable } from '../../diagnostics/printable.ts'
import { columns } from '../columns.ts'
import type { Undriven } from './choose-callers.ts'
import type { Comparison, LimitResult, LoadReport, ThresholdResult } from './report.ts'

/** More of one kind are counted, not shown. */
const NOT_DRIVEN_MAX = 20

/** A load test as a person reads it. */
export function showReport(report: LoadReport, style: TextStyle): string {
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

function routeTable({ routes }: LoadReport, style: TextStyle): string {
  const head = ['route', 'rate', 'p50', 'p90', 'p99', 'cpu', 'answers']
  return columns(
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

function limitTable(limits: readonly LimitResult[], style: TextStyle): string {
  const color = pc.createColors(style.colors)
  const rows = limits.map(({ policy, key, offered, allowed, expected: [min, max], holds, reached, note }) => [
    policy,
    key,
    String(offered),
    String(allowed),
    offered === 0 ? '-' : min === max ? String(min) : `${min}..${max}`,
    holds === null ? 'not tried' : !holds ? 'BROKEN' : reached ? 'held' : 'not reached',
    holds === null ? (note ?? '') : '',
  ])
  const table = columns(['limit', 'whose', 'offered', 'allowed', 'expected', 'held', ''], rows, style)
  return style.colors ? table.replaceAll('BROKEN', color.red('BROKEN')) : table
}

function thresholdTable(thresholds: readonly ThresholdResult[], style: TextStyle): string {
  const rows = thresholds.map(({ name, route, wanted, got, holds }) => [
    name,
    route ?? '',
    `${name === 'min-rate' ? '>=' : '<='} ${quantity(name, wanted)}`,
    got === null ? '-' : quantity(name, got),
    holds ? 'holds' : 'PASSED',
  ])
  return columns(['threshold', 'worst of', 'wanted', 'got', ''], rows, style)
}

function comparison({ routes, added, removed }: Comparison, style: TextStyle): string {
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
    columns(['now / before', 'cpu', 'noise', 'p50', 'p99', 'rate', ''], rows, style),
    ...(added.length === 0 ? [] : [`Only now: ${added.map(printable).join(', ')}.`]),
    ...(removed.length === 0 ? [] : [`Only before: ${removed.map(printable).join(', ')}.`]),
    color.dim('CPU per request decides; what is within the noise is no change.'),
  ].join('\n')
}

function undriven(title: string, all: readonly Undriven[], style: TextStyle): string[] {
  if (all.length === 0) return []
  const more = all.length - NOT_DRIVEN_MAX
  const rows = all.slice(0, NOT_DRIVEN_MAX).map(({ name, reason }) => [name, reason])
  return [columns([title, 'why'], rows, style) + (more > 0 ? `\n(${more} more)` : '')]
}

function verdict({ routes, limits, thresholds, notDriven }: LoadReport, style: TextStyle): string {
  const color = pc.createColors(style.colors)
  const broken = limits.filter(({ holds }) => holds === false).length
  const held = limits.filter(({ holds, reached }) => holds === true && reached).length
  const passed = thresholds.filter(({ holds }) => !holds).length
  const all = routes.length + notDriven.routes.length
  const parts = [
    `${routes.length} of ${counted(all, 'route')} driven`,
    ...(limits.length === 0 ? [] : [`${held} of ${counted(limits.length, 'limit')} reached and held`]),
    ...(broken === 0 ? [] : [color.red(`${counted(broken, 'limit')} did not hold`)]),
    ...(passed === 0 ? [] : [color.red(`${counted(passed, 'threshold')} passed`)]),
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
