import { readdirSync, readFileSync } from 'node:fs'

/**
 * What the processor spent on processes, all their threads, user and system time together, in nanoseconds. Linux keeps it
 * to the nanosecond for each thread; the times of `stat` are counted in ticks of 10 ms.
 */
export function processorNanos(pids: readonly number[]): number {
  let sum = 0
  for (const pid of pids) {
    for (const thread of entriesOf(`/proc/${pid}/task`)) {
      sum += parseSchedstat(textOf(`/proc/${pid}/task/${thread}/schedstat`) ?? '0')
    }
  }
  return sum
}

/** How much of what processes took since they began was spent in the kernel, in ticks of 10 ms; threads that ended included. */
export function kernelTicks(pids: readonly number[]): KernelTicks {
  const times = pids.map((pid) => parseTimes(textOf(`/proc/${pid}/stat`) ?? ''))
  return { user: sumOf(times, 'user'), system: sumOf(times, 'system') }
}

/** A process and all below it. */
export function familyOf(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of entriesOf('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = textOf(`/proc/${name}/stat`)
    if (stat === null) continue
    const parent = parseParent(stat)
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const family = [root]
  for (const pid of family) family.push(...(children.get(pid) ?? []))
  return family
}

/** Memory that is really there, of all these processes, in MiB. */
export function residentMiB(pids: readonly number[]): number {
  let kib = 0
  for (const pid of pids) kib += parseResidentKiB(textOf(`/proc/${pid}/status`) ?? '')
  return kib / 1024
}

export interface KernelTicks {
  readonly user: number
  readonly system: number
}

/** The part of the time between two looks that was spent in the kernel, 0 to 1; NaN of none. */
export function kernelShare(before: KernelTicks, after: KernelTicks): number {
  const system = after.system - before.system
  return system / (system + after.user - before.user)
}

/** What a core did since the machine started, in ticks. */
export interface CoreTicks {
  readonly all: number
  readonly idle: number
}

export function coreTicks(core: number): CoreTicks {
  return parseCoreTicks(textOf('/proc/stat') ?? '', core)
}

/** How much of the time between two looks a core worked, 0 to 1. */
export function busyShare(before: CoreTicks, after: CoreTicks): number {
  return after.all === before.all ? 0 : 1 - (after.idle - before.idle) / (after.all - before.all)
}

/** The first number: time on a core. @see Documentation/scheduler/sched-stats.rst of Linux. */
export function parseSchedstat(text: string): number {
  const nanos = Number(text.split(' ')[0])
  if (!Number.isFinite(nanos)) throw new Error(`not a schedstat line: ${JSON.stringify(text)}`)
  return nanos
}

/** The second number behind the name, which may hold anything, brackets too. @see proc(5), /proc/pid/stat. */
export function parseParent(text: string): number {
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
}

/** utime and stime, the twelfth and thirteenth behind the name. @see proc(5), /proc/pid/stat. */
export function parseTimes(text: string): KernelTicks {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { user: Number(fields[11] ?? 0), system: Number(fields[12] ?? 0) }
}

export function parseResidentKiB(text: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0)
}

/** user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of user. @see proc(5), /proc/stat. */
export function parseCoreTicks(text: string, core: number): CoreTicks {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`cpu${core} `)) ?? ''
  const ticks = line.split(' ').slice(1, 9).map(Number)
  return { all: ticks.reduce((sum, one) => sum + one, 0), idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) }
}

function sumOf(times: readonly KernelTicks[], kind: keyof KernelTicks): number {
  return times.reduce((sum, time) => sum + time[kind], 0)
}

/** Empty for what has ended meanwhile. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (hasEnded(error)) return []
    throw error
  }
}

/** Null for what has ended meanwhile. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasEnded(error)) return null
    throw error
  }
}

function hasEnded(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ESRCH'
}
