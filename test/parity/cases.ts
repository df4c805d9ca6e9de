import { answersOfYaml, type Answers } from './answers.ts'
import type { CompileFiles, CompiledConfig } from './compiled.ts'
import { generateConfig } from './generate-config.ts'
import { generateRequests, type AimedRequest } from './generate-requests.ts'
import { createRandom } from './random.ts'

/** One config, a sequence of requests, and what the interpreter says to each. */
export interface ParityCase extends CompiledConfig {
  readonly number: number
  readonly files: Readonly<Record<string, string>>
  readonly requests: readonly AimedRequest[]
  readonly expected: readonly Answers[]
}

export interface CaseOptions {
  readonly seed: number
  readonly number: number
  readonly requests: number
  /** When the first request comes; null for one of the times at which a window soon ends. */
  readonly baseMs: number | null
  /** True when the requests go over a socket. */
  readonly live: boolean
}

/** Ends of days, months and years, one of them of a February with 29 days. */
const BASES = [
  '2026-11-22T12:00:00Z',
  '2026-06-10T23:30:00Z',
  '2026-11-30T23:40:00Z',
  '2028-02-28T23:50:00Z',
  '2026-12-31T23:55:00Z',
]
const BASE_SPREAD_MS = 100_000
/** Far enough apart that the cases of one seed are not those of the next. */
const SEED_STEP = 1_000_003

export async function createCase(compileFiles: CompileFiles, options: CaseOptions): Promise<ParityCase> {
  const { seed, number, live } = options
  const random = createRandom(seed * SEED_STEP + number)
  const baseMs = options.baseMs ?? Date.parse(random.pick(BASES)) + random.below(BASE_SPREAD_MS)
  const { files, secrets } = generateConfig(random, { baseMs, live, tag: live ? `c${number}-` : '' })
  const compiled = await compileFiles(files, baseMs)
  const { config } = compiled
  const requests = generateRequests(random, { config, secrets, live, baseMs, count: options.requests })
  return { ...compiled, number, files, requests, expected: answersOfYaml(config, requests) }
}

/** Where two sides first say different things, in words; null when they agree. */
export function disagreement(one: ParityCase, answers: Answers): string | null {
  const at = answers.findIndex((answer, i) => one.expected[i]?.includes(answer) !== true)
  if (at < 0) return null
  return `config ${one.number}, request ${at}: the YAML says ${one.expected[at]?.join(' or ')}, the runtime ${answers[at]}`
}

/** All that is needed to look at a disagreement: the config and the requests up to it. */
export function describeCase({ files, requests, expected }: ParityCase, answers: Answers): string {
  const at = answers.findIndex((answer, i) => expected[i]?.includes(answer) !== true)
  const told = requests.slice(0, at + 1).map((request, i) => `${expected[i]?.join(' or ')} ${JSON.stringify(request)}`)
  return [...Object.entries(files).map(([name, text]) => `--- ${name}\n${text}`), ...told].join('\n')
}
