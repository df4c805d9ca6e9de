import type { Pointer } from '../../diagnostics/report.ts'
import { overlap, type DownStep, type Steps } from './steps.ts'

/** Schemas that one schema may ask of a single value, each counted as often as a way leads to it. */
const WAYS_MAX = 10_000
/** Steps that are looked at before a schema is refused as one that nobody can look through. */
const TURNS_MAX = 500_000

/** Two schemas that are asked of one value, on two ways from one start. */
interface Pair {
  readonly a: Pointer
  readonly b: Pointer
}

/** Where each pair leads; `apart` when the two ways part there, or have parted before. */
type PairGraph = ReadonlyMap<string, { readonly pair: Pair; readonly to: readonly Turn[] }>

interface Turn {
  readonly name: string
  readonly apart: boolean
}

/**
 * Finds a schema that is asked of one nested value twice, on two ways that each lead back to it: each level of nesting doubles
 * the work, so that a short body takes for ever. The schemas are an automaton over the names of members; this looks for a
 * state that one word leads from to itself on two ways. Branches that an "if" chooses do not count: that is how to mend it.
 *
 * @param steps Without a circle in the steps of one value.
 * @see Weber and Seidl, On the degree of ambiguity of finite automata, 1991, criterion EDA.
 */
export function findDoubling(steps: ReadonlyMap<Pointer, Steps>): Pointer | null {
  const crowded = firstCrowded(steps)
  if (crowded !== null) return crowded
  const core = circlesOf(steps)
  const nexts = new Map<Pointer, readonly DownStep[]>()
  let turnsLeft = TURNS_MAX
  const places = [...core].filter((at) => meantBy(at, steps) === at)
  for (const at of places) {
    const inCore = nextsOf(at, steps).filter(({ to }) => core.has(to))
    nexts.set(
      at,
      inCore.map(({ to, members }) => ({ to: meantBy(to, steps), members })),
    )
    if ((turnsLeft -= inCore.length) < 0) return at
  }
  turnsLeft = TURNS_MAX
  const graph = new Map<string, { readonly pair: Pair; readonly to: Turn[] }>()
  const open: Pair[] = places.toReversed().map((at) => ({ a: at, b: at }))
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const name = nameOf(pair)
    if (graph.has(name)) continue
    const turns = turnsFrom(pair, nexts, turnsLeft)
    if (turns === null) return pair.a
    turnsLeft -= turns.length
    const turnsByName = new Map(
      turns.map(({ to, apart }) => [`${nameOf(to)} ${apart}`, { name: nameOf(to), apart, to }]),
    )
    graph.set(name, { pair, to: [...turnsByName.values()] })
    for (const { to } of turnsByName.values()) open.push(to)
  }
  return firstCircleApart(graph)
}

/** @returns Null when there are more of them than allowed. */
function turnsFrom(
  { a, b }: Pair,
  nexts: ReadonlyMap<Pointer, readonly DownStep[]>,
  max: number,
): { readonly to: Pair; readonly apart: boolean }[] | null {
  const candidatesOf = createCandidates(nexts.get(b) ?? [])
  const turns: { to: Pair; apart: boolean }[] = []
  for (const [i, first] of (nexts.get(a) ?? []).entries()) {
    for (const { step, i: j } of candidatesOf(first)) {
      if (!overlap(first.members, step.members)) continue
      if (turns.push({ to: { a: first.to, b: step.to }, apart: a !== b || i !== j }) > max) return null
    }
  }
  return turns
}

interface Candidate {
  readonly step: DownStep
  readonly i: number
}

/** The steps that may overlap with one: those of its own member, and those of many. All that do are among them. */
function createCandidates(steps: readonly DownStep[]): (step: DownStep) => readonly Candidate[] {
  const all = steps.map((step, i): Candidate => ({ step, i }))
  const many = all.filter(({ step }) => !('only' in step.members))
  const byMember = new Map<string, Candidate[]>()
  for (const candidate of all) {
    const { members } = candidate.step
    if (!('only' in members)) continue
    const known = byMember.get(members.only)
    if (known === undefined) byMember.set(members.only, [candidate])
    else known.push(candidate)
  }
  return ({ members }) => ('only' in members ? [...(byMember.get(members.only) ?? []), ...many] : all)
}

/** A way from a pair of one schema with itself back to it, on which the two ways have parted. */
function firstCircleApart(graph: PairGraph): Pointer | null {
  for (const [start, { pair }] of graph) {
    if (pair.a !== pair.b) continue
    const seen = new Set<string>()
    const open: Turn[] = [{ name: start, apart: false }]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const turn of graph.get(at.name)?.to ?? []) {
        const apart = at.apart || turn.apart
        if (apart && turn.name === start) return pair.a
        const identity = `${apart ? 'apart' : 'one'} ${turn.name}`
        if (seen.has(identity)) continue
        seen.add(identity)
        open.push({ name: turn.name, apart })
      }
    }
  }
  return null
}

/** Schemas that are asked of one value in a number that multiplies: each of ten that names the next one twice, say. */
function firstCrowded(steps: ReadonlyMap<Pointer, Steps>): Pointer | null {
  const ways = new Map<Pointer, number>()
  for (const start of steps.keys()) {
    const path = [start]
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const same = steps.get(at)?.same ?? []
      const ahead = same.find(({ to }) => steps.has(to) && !ways.has(to))
      if (ahead !== undefined && !ways.has(at)) {
        path.push(ahead.to)
        continue
      }
      const sum = same.reduce((total, { to }) => total + (ways.get(to) ?? 0), 1)
      if (sum > WAYS_MAX) return at
      ways.set(at, sum)
      path.pop()
    }
  }
  return null
}

/** What is left when schemas that lead nowhere, or that nothing leads to, are taken away again and again. */
function circlesOf(steps: ReadonlyMap<Pointer, Steps>): Set<Pointer> {
  const forward = new Map([...steps].map(([at, { same, down }]) => [at, [...same, ...down].map(({ to }) => to)]))
  const backward = new Map<Pointer, Pointer[]>()
  for (const [at, targets] of forward) {
    for (const to of targets) {
      const known = backward.get(to)
      if (known === undefined) backward.set(to, [at])
      else known.push(at)
    }
  }
  const core = new Set(steps.keys())
  trim(core, forward, backward)
  trim(core, backward, forward)
  return core
}

function trim(
  core: Set<Pointer>,
  ahead: ReadonlyMap<Pointer, readonly Pointer[]>,
  behind: ReadonlyMap<Pointer, readonly Pointer[]>,
): void {
  const left = new Map([...core].map((at) => [at, (ahead.get(at) ?? []).filter((to) => core.has(to)).length]))
  const open = [...core].filter((at) => left.get(at) === 0)
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    core.delete(at)
    for (const before of behind.get(at) ?? []) {
      const count = (left.get(before) ?? 0) - 1
      left.set(before, count)
      if (count === 0 && core.has(before)) open.push(before)
    }
  }
}

/** A schema that only refers to another is that one. */
function meantBy(at: Pointer, steps: ReadonlyMap<Pointer, Steps>): Pointer {
  let meant = at
  for (;;) {
    const { same = [], down = [] } = steps.get(meant) ?? {}
    const [only, ...others] = same
    if (only === undefined || others.length > 0 || down.length > 0 || only.isChosen) return meant
    meant = only.to
  }
}

/** All steps down from a schema, those of the schemas asked of the same value included, once for each way to them. */
function nextsOf(at: Pointer, steps: ReadonlyMap<Pointer, Steps>): DownStep[] {
  const nexts: DownStep[] = []
  const open = [at]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    nexts.push(...(steps.get(place)?.down ?? []))
    open.push(...(steps.get(place)?.same ?? []).filter((step) => !step.isChosen).map((step) => step.to))
  }
  return nexts
}

function nameOf({ a, b }: Pair): string {
  return JSON.stringify([a, b])
}
