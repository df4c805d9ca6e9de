import { parseArgs } from 'node:util'
import { BenchFault } from './bench-fault.ts'
import { isWorkloadName, WORKLOADS, type WorkloadName } from './workloads.ts'

export interface BenchOptions {
  readonly workloads: readonly WorkloadName[]
  readonly rounds: number
  readonly seconds: number
  readonly warmSeconds: number
  readonly clients: number
  /** Builds of Keysmith to compare: a name and its command line's file. */
  readonly builds: readonly { readonly name: string; readonly entry: string }[]
  /** Where the result goes. */
  readonly jsonFile: string | null
  /** The most that a GET of any build may cost, as a multiple of nginx's. */
  readonly maxRatio: number
  /** Only what is deployed: its size, start and memory. */
  readonly isDeployables: boolean
  /** Only the steps in process. */
  readonly isMicro: boolean
  /** A result's file, to be printed as a table; nothing is run. */
  readonly tableOf: string | null
  /** Leaves configs and logs behind. */
  readonly isKept: boolean
}

const OWN_BUILD = 'keysmith=dist/compiler/cli.js'
const FULL = { rounds: 5, seconds: 4, warmSeconds: 2, clients: 64 }
const QUICK = { ...FULL, rounds: 3, seconds: 1, warmSeconds: 1 }

export const USAGE = `usage: npm run bench -- [options]
  --workloads a,b    ${Object.keys(WORKLOADS).join(',')} (all)
  --rounds N         ${FULL.rounds}
  --seconds N        of a round, ${FULL.seconds}
  --warm N           seconds before the first round, ${FULL.warmSeconds}
  --clients N        ${FULL.clients}
  --quick            ${QUICK.rounds} rounds of ${QUICK.seconds} s, GET only
  --build name=file  another build's dist/compiler/cli.js beside this one; may be repeated; "nothing" for nginx alone
  --json file        writes the result
  --max-ratio X      exit status 1 when a GET costs more than X times nginx's
  --deployables      only what is deployed, as often as there are rounds; a file that --json names keeps the rest
  --micro            only the steps in process; in the file of --json the workloads stay
  --table file       prints a written result as markdown, and runs nothing
  --keep             leaves configs and logs behind`

/** @throws BenchFault for what it does not know. */
export function readOptions(args: readonly string[]): BenchOptions {
  const values = parse(args)
  const base = values.quick === true ? QUICK : FULL
  const all = values.quick === true ? 'get' : Object.keys(WORKLOADS).join(',')
  const builds = values.build ?? []
  return {
    workloads: (values.workloads ?? all).split(',').map(workloadName),
    rounds: numberOf('rounds', values.rounds, base.rounds),
    seconds: numberOf('seconds', values.seconds, base.seconds),
    warmSeconds: numberOf('warm', values.warm, base.warmSeconds),
    clients: numberOf('clients', values.clients, base.clients),
    builds: builds.includes('nothing') ? [] : [OWN_BUILD, ...builds].map(readBuild),
    jsonFile: values.json ?? null,
    maxRatio: numberOf('max-ratio', values['max-ratio'], Infinity),
    isDeployables: values.deployables === true,
    isMicro: values.micro === true,
    tableOf: values.table ?? null,
    isKept: values.keep === true,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const numbers = { rounds: text, seconds: text, warm: text, clients: text, 'max-ratio': text }
  const flags = { quick: flag, micro: flag, deployables: flag, keep: flag }
  const options = {
    ...numbers,
    ...flags,
    workloads: text,
    json: text,
    table: text,
    build: { ...text, multiple: true },
  } as const
  try {
    return parseArgs({ args: [...args], options, strict: true }).values
  } catch (error) {
    throw wrongUse(error instanceof Error ? error.message : String(error))
  }
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (text.trim() === '' || !(value > 0)) throw wrongUse(`--${name} must be a number above 0, not "${text}"`)
  return value
}

function workloadName(name: string): WorkloadName {
  if (isWorkloadName(name)) return name
  throw wrongUse(`there is no workload "${name}"`)
}

function readBuild(text: string): { name: string; entry: string } {
  const [name, entry] = text.split('=')
  if (name === undefined || entry === undefined || !/^[a-z0-9-]+$/.test(name)) {
    throw wrongUse(`--build must look like name=dist/compiler/cli.js, not "${text}"`)
  }
  return { name, entry }
}

function wrongUse(message: string): BenchFault {
  return new BenchFault(`${message}\n${USAGE}`, 2)
}
