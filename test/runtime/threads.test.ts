import { expect, onTestFinished, test } from 'vitest'
import { NO_REVOCATIONS } from '../../runtime/revocations/revocation-list.ts'
import type { TableParcel } from '../../runtime/thread-messages.ts'
import { startThreads, type Threads, type ThreadsOptions } from '../../runtime/threads.ts'
import { until } from '../support/running-gateway.ts'

const START_MS = 300

/** Says what a thread says. It tells the script of its table as an upstream's name, and ends on news of any key. */
const FAKE_THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
let [serving, ready] = [workerData.table, null]
const tell = (message) => parentPort.postMessage(message)
setTimeout(() => tell({ type: 'listening', addresses: [] }), ${START_MS})
parentPort.on('message', ({ type, table, news }) => {
  if (type === 'load') {
    ready = table
    setTimeout(() => tell({ type: 'loaded', refusal: null }), Number(table.script))
  } else if (type === 'swap') {
    serving = ready
    tell({ type: 'swapped' })
  } else if (type === 'stats') tell({ type: 'stats', upstreams: [{ name: serving.script, targets: [] }] })
  else if (type === 'drain' || (type === 'keys' && news === workerData.index)) process.exit(0)
})`

/** @param loadMs How long a thread takes to make it ready. */
function parcel(loadMs: number): TableParcel {
  // Safe: the thread above looks at nothing else.
  return { script: String(loadMs) } as TableParcel
}

async function startFake(table: TableParcel): Promise<Threads> {
  const options = {
    entry: { code: FAKE_THREAD },
    data: { threads: 2 },
    table,
    revocations: () => NO_REVOCATIONS,
    listen: [],
    onDeath: () => undefined,
    onBug: () => undefined,
    onKeysWanted: () => undefined,
    tell: () => undefined,
  }
  // Safe: as above.
  const { threads } = await startThreads(options as unknown as ThreadsOptions)
  onTestFinished(() => threads.drain(0))
  return threads
}

async function scriptsOf(threads: Threads): Promise<string[]> {
  return (await threads.stats()).flatMap((upstreams) => upstreams.map(({ name }) => name))
}

/** The thread above ends on it. */
function end(threads: Threads, index: number): void {
  threads.tellKeys(index as unknown as Parameters<Threads['tellKeys']>[0])
}

test.each([
  ['while another is put in place', 10],
  ['before another is in place', START_MS * 4],
])('a thread that begins with a table %s serves the other one', async (_, loadMs) => {
  const threads = await startFake(parcel(0))
  end(threads, 1)
  await until(() => threads.listening() === 1)
  // By then the next thread was given its table.
  await new Promise((done) => setTimeout(done, START_MS / 2))
  expect(await threads.swap(parcel(loadMs))).toBeNull()
  await until(() => threads.listening() === 2)
  expect(await scriptsOf(threads)).toEqual([String(loadMs), String(loadMs)])
})
