import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { RuntimeModule } from '../../schemas/start.ts'
import { BUILT_RUNTIME } from '../support/running-gateway.ts'
import { createCase, describeCase, disagreement, type ParityCase } from './cases.ts'
import { createCompileFiles } from './compiled.ts'
import { seedOfRun } from './seed.ts'
import { send } from './send.ts'

const CONFIGS = 25
const REQUESTS = 40
const LET_THROUGH_MIN = 0.2
const TIMEOUT_MS = 60_000

const seed = seedOfRun()

test(
  `the built runtime answers over a socket as the YAML says, PARITY_SEED=${seed}`,
  async () => {
    process.stdout.write(`parity over a socket: PARITY_SEED=${seed}\n`)
    // Safe: schemas/start.ts is what the runtime's main file exports.
    const runtime = (await import(pathToFileURL(BUILT_RUNTIME).href)) as RuntimeModule
    const upstream = await startUpstream()
    const compileFiles = createCompileFiles()
    const expected: string[] = []
    const disagreeing: string[] = []
    for (let number = 0; number < CONFIGS; number++) {
      const options = { seed, number, requests: REQUESTS, baseMs: Date.now(), live: true }
      const one = withoutCodesOfHead(await createCase(compileFiles, options))
      const answers = await answersOfGateway(runtime, one, upstream)
      expected.push(...one.expected.map(([answer = '']) => answer))
      const told = disagreement(one, answers)
      if (told === null) continue
      if (disagreeing.push(told) === 1) process.stdout.write(describeCase(one, answers) + '\n')
    }
    expect(disagreeing).toEqual([])
    const letThrough = expected.filter((answer) => answer === '200').length
    expect(letThrough / expected.length).toBeGreaterThanOrEqual(LET_THROUGH_MIN)
  },
  TIMEOUT_MS,
)

/** A gateway of its own for each config, so that no counter has been touched. */
async function answersOfGateway(runtime: RuntimeModule, one: ParityCase, upstream: string): Promise<string[]> {
  const gateway = await runtime.startGateway({
    script: one.script,
    threadEntry: BUILT_RUNTIME,
    listen: [{ host: '127.0.0.1', port: 0 }],
    threads: 1,
    targets: { echo: [upstream] },
    version: 'test',
    tell: () => undefined,
  })
  try {
    const answers: string[] = []
    for (const request of one.requests) answers.push(await send(gateway.listen[0]?.port ?? 0, request))
    return answers
  } finally {
    await gateway.stop()
  }
}

/** The answer to a HEAD is a head alone. */
function withoutCodesOfHead(one: ParityCase): ParityCase {
  const expected = one.expected.map((answers, i) =>
    one.requests[i]?.method === 'HEAD' ? answers.map((answer) => answer.replace(/ [a-z-]+/, '')) : answers,
  )
  return { ...one, expected }
}

/** @returns Its address. */
async function startUpstream(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    response.end('here')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port')
  return `http://127.0.0.1:${address.port}`
}
