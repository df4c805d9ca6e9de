import { once } from 'node:events'
import { request } from 'node:http'
import { baseUrl } from '../serve/address-text.ts'
import { startStubUpstreams, type StubUpstreams } from '../../stub-upstreams.ts'
import type { Subject } from './build-subject.ts'
import { startChild, type Child } from './child.ts'
import { keepLimits, type KeptLimits } from './limit-script.ts'
import type { GatewayAnswer, GatewayQuestion, LoadOutcome, LoadPlan, LoadRequest } from './messages.ts'

/** A gateway under test, with stubs behind it and a load generator in front, each a process of its own but the stubs. */
export interface Rig {
  readonly url: string
  readonly gatewayPid: number
  /** From the start of its process until it listened. */
  readonly startMs: number
  readonly stubs: StubUpstreams
  /** Lets these limits hold from now on, from an empty counter, and all others be too wide to be met. */
  readonly keep: (kept: KeptLimits) => Promise<void>
  readonly load: (plan: Omit<LoadPlan, 'url'>) => Promise<LoadOutcome>
  /** Makes one request. */
  readonly ask: (request: LoadRequest) => Promise<Asked>
  readonly stop: () => Promise<void>
}

export interface Asked {
  readonly status: number
  /** Of a refusal: why. */
  readonly code: string
}

export interface RigOptions {
  readonly subject: Subject
  readonly upstreams: readonly string[]
  readonly latencyMs: number
  /** For the gateway's process. */
  readonly env: Readonly<Record<string, string>>
  /** Where the two programs of the load test lie. Absolute. */
  readonly programFolder: string
  readonly version: string
  /** Lines of the gateway, for the operator. */
  readonly tell: (text: string) => void
  /** Told at once how to end what is started. */
  readonly onStart: (stop: () => Promise<void>) => void
}

const ASK_MS_MAX = 10_000

/** @throws A `CommandFault` when the surroundings do not allow it. Then nothing is left running. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const { subject, programFolder, env, tell } = options
  const stops: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(stops.splice(0).map((end) => end()))
  }
  options.onStart(stop)
  try {
    const stubs = await startStubUpstreams(options.upstreams, { latencyMs: options.latencyMs })
    stops.push(stubs.stop)
    const generator = await startChild<LoadPlan, LoadOutcome>(`${programFolder}/run-load.js`, { onText: tell })
    stops.push(generator.stop)
    const startedMs = performance.now()
    const gateway = await startChild<GatewayQuestion, GatewayAnswer>(`${programFolder}/run-gateway.js`, {
      env,
      onText: tell,
    })
    stops.push(gateway.stop)
    const url = await startGateway(gateway, options, stubs)
    const startMs = performance.now() - startedMs
    let round = 1
    return {
      url,
      gatewayPid: gateway.pid,
      startMs,
      stubs,
      keep: async (kept) => {
        const answer = await gateway.ask({ ask: 'swap', script: keepLimits(subject.script, kept, round++) })
        if ('refusal' in answer && answer.refusal !== null) throw new Error(`the table was refused: ${answer.refusal}`)
      },
      load: (plan) => generator.ask({ ...plan, url }),
      ask: (one) => askOnce(url, one),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @returns Where it listens. */
async function startGateway(
  gateway: Child<GatewayQuestion, GatewayAnswer>,
  { subject: { script, code, engineFile }, version }: RigOptions,
  { targets }: StubUpstreams,
): Promise<string> {
  const answer = await gateway.ask({
    ask: 'start',
    code,
    options: { script: keepLimits(script, 'none', 0), engineFile, targets, version },
  })
  const [listen] = 'started' in answer ? answer.started : []
  if (listen === undefined) throw new Error('the gateway does not say where it listens')
  return baseUrl(listen)
}

async function askOnce(url: string, { method, path, headers, body }: LoadRequest): Promise<Asked> {
  const sent = request(url + path, { method, headers, agent: false, signal: AbortSignal.timeout(ASK_MS_MAX) })
  sent.end(body ?? undefined)
  // Safe: what this event hands out.
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
  let text = ''
  for await (const piece of response.setEncoding('utf8')) text += String(piece)
  return { status: response.statusCode ?? 0, code: codeIn(text) }
}

/** The `code` of a problem, or "". */
function codeIn(text: string): string {
  try {
    // Safe: any JSON value may be asked for a member this way, null aside.
    const { code } = (JSON.parse(text) ?? {}) as { readonly code?: unknown }
    return typeof code === 'string' ? code : ''
  } catch {
    return ''
  }
}
