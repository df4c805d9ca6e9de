import { Worker } from 'node:worker_threads'
import type { ThreadEntry } from '../schemas/start.ts'
import type { ListenRow } from '../schemas/table.ts'
import type { KeyNews, KeySource } from './identity/key-sources.ts'
import { reservePorts } from './reserve-ports.ts'
import type { RevocationList } from './revocations/revocation-list.ts'
import { StartFault } from './start-faults.ts'
import type { FromThread, TableParcel, ThreadData, ThreadUpstreamStats, ToThread } from './thread-messages.ts'

/** The threads that serve, as the main thread sees them. */
export interface Threads {
  readonly count: () => number
  readonly listening: () => number
  /** Puts a table in place on all threads, or on none: then why. */
  readonly swap: (table: TableParcel) => Promise<string | null>
  /** Lets a list of what is revoked hold on all threads, those to come included. */
  readonly revoke: (list: RevocationList) => void
  /** What each thread says of its upstreams. */
  readonly stats: () => Promise<readonly (readonly ThreadUpstreamStats[])[]>
  /** Tells all threads what was learnt of an issuer's keys. */
  readonly tellKeys: (news: KeyNews) => void
  /** Lets what is in flight finish, for so long at most. */
  readonly drain: (mostMs: number) => Promise<void>
}

export interface ThreadsOptions {
  readonly entry: ThreadEntry
  readonly data: Omit<ThreadData, 'keysmithThread' | 'index' | 'table' | 'revocations' | 'exclusive' | 'listen'>
  readonly table: TableParcel
  /** What is revoked when a thread starts. */
  readonly revocations: () => RevocationList
  readonly listen: readonly ListenRow[]
  /** A thread that died: what it had in flight is to be forgotten before another takes its place. */
  readonly onDeath: (index: number) => void
  readonly onBug: (bug: FromThread & { type: 'bug' }) => void
  /** A thread lacks an issuer's keys; it is told what is known, sooner or later. */
  readonly onKeysWanted: (source: KeySource, tell: (news: KeyNews) => void) => void
  readonly tell: (line: string) => void
}

interface Member {
  readonly worker: Worker
  readonly index: number
  /** Waits for the next message of a type. */
  readonly waiting: Map<FromThread['type'], ((message: FromThread) => void)[]>
  /** The one that it serves, or begins with. */
  table: TableParcel
  listening: boolean
}

const ANSWER_MS = 10_000
/** A thread that dies at once again and again must not take the machine with it. */
const RESTART_MS = [0, 100, 500, 2000, 5000] as const
const SHORT_LIFE_MS = 10_000

/**
 * Starts the threads, on ports that all of them share.
 *
 * @throws StartFault when they cannot listen.
 */
export async function startThreads(
  options: ThreadsOptions,
): Promise<{ readonly threads: Threads; readonly listen: readonly ListenRow[] }> {
  const members: Member[] = []
  const { threads: total } = options.data
  let { table } = options
  let ending = false
  let deaths = 0

  const start = async (index: number, listen: readonly ListenRow[]): Promise<readonly ListenRow[]> => {
    const startedMs = performance.now()
    const member = spawn(options, index, table, listen, total === 1)
    members[index] = member
    member.worker.on('exit', () => {
      member.listening = false
      for (const [, waiters] of member.waiting)
        for (const waiter of waiters) waiter({ type: 'loaded', refusal: 'a thread died' })
      if (ending || members[index] !== member || !isListening) return
      deaths = performance.now() - startedMs < SHORT_LIFE_MS ? deaths + 1 : 0
      options.tell(`thread ${index} ended; another takes its place`)
      options.onDeath(index)
      setTimeout(() => restart(index), RESTART_MS[Math.min(deaths, RESTART_MS.length - 1)])
    })
    const message = await next(member, 'listening')
    if (message.type !== 'listening') throw faultOf(message)
    await catchUp(member)
    member.listening = true
    return message.addresses
  }
  /** Another table may have been put in place since it was started. */
  const catchUp = async (member: Member): Promise<void> => {
    try {
      while (member.table !== table) {
        const wanted = table
        const refusal = await load(member, wanted)
        if (refusal !== null) throw new Error(refusal)
        await putInPlace(member, wanted)
      }
    } catch (error) {
      // The one that takes its place begins with it.
      send(member, { type: 'close' })
      throw error
    }
  }
  const restart = (index: number): void => {
    if (ending) return
    start(index, listen).catch((error: unknown) => options.tell(`thread ${index} cannot be replaced: ${String(error)}`))
  }

  let isListening = false
  let listen = total === 1 ? options.listen : await reservePorts(options.listen)
  try {
    listen = await start(0, listen)
    for (let index = 1; index < total; index++) await start(index, listen)
  } catch (error) {
    ending = true
    await Promise.all(members.map((member) => (member.listening ? drainOne(member, 0) : member.worker.terminate())))
    throw error
  }
  isListening = true

  const live = (): Member[] => members.filter(({ listening }) => listening)
  const threads: Threads = {
    count: () => total,
    listening: () => live().length,
    swap: async (nextTable) => {
      const asked = live()
      const answers = await Promise.all(asked.map((member) => load(member, nextTable).catch(String)))
      const refusal = answers.find((reason) => reason !== null)
      if (refusal !== undefined) {
        for (const member of asked) send(member, { type: 'discard' })
        return refusal
      }
      table = nextTable
      const isAsked = new Set(asked)
      await Promise.all(
        live().map((member) => (isAsked.has(member) ? putInPlace(member, nextTable) : catchUp(member))),
        // It is in place: a thread that is slow to say so does it too.
      ).catch((error: unknown) => options.tell(String(error)))
      return null
    },
    revoke: (list) => {
      // One that only starts finds it in its queue.
      for (const member of members) send(member, { type: 'revoke', list })
    },
    stats: async () => {
      const answers = await Promise.all(live().map((member) => ask(member, { type: 'stats' }, 'stats')))
      return answers.flatMap((answer) => (answer.type === 'stats' ? [answer.upstreams] : []))
    },
    tellKeys: (news) => {
      for (const member of live()) send(member, { type: 'keys', news })
    },
    drain: async (mostMs) => {
      ending = true
      await Promise.all(members.map((member) => drainOne(member, mostMs)))
    },
  }
  return { threads, listen }
}

function spawn(
  options: ThreadsOptions,
  index: number,
  table: TableParcel,
  listen: readonly ListenRow[],
  exclusive: boolean,
): Member {
  const revocations = options.revocations()
  const workerData: ThreadData = { ...options.data, keysmithThread: true, index, table, revocations, listen, exclusive }
  const { entry } = options
  const worker =
    typeof entry === 'string' ? new Worker(entry, { workerData }) : new Worker(entry.code, { workerData, eval: true })
  const member: Member = { worker, index, waiting: new Map(), table, listening: false }
  worker.on('message', (message: FromThread) => {
    if (message.type === 'bug') return options.onBug(message)
    if (message.type === 'told') return options.tell(message.line)
    if (message.type === 'keys-wanted')
      return options.onKeysWanted(message.source, (news) => send(member, { type: 'keys', news }))
    // A thread that cannot start says so in place of listening.
    const waiters = member.waiting.get(message.type === 'failed' ? 'listening' : message.type)
    waiters?.shift()?.(message)
  })
  worker.on('error', (error) =>
    options.onBug({ type: 'bug', requestId: null, route: null, stack: error.stack ?? error.message }),
  )
  return member
}

function send(member: Member, message: ToThread): void {
  member.worker.postMessage(message)
}

function next(member: Member, type: FromThread['type']): Promise<FromThread> {
  return new Promise((resolve) => {
    const waiters = member.waiting.get(type) ?? []
    waiters.push(resolve)
    member.waiting.set(type, waiters)
  })
}

/** @throws When the thread does not answer in time. */
async function ask(member: Member, message: ToThread, answer: FromThread['type']): Promise<FromThread> {
  const answered = next(member, answer)
  send(member, message)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`thread ${member.index} did not answer "${message.type}"`)), ANSWER_MS)
  })
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Has a thread make a table ready. @returns Why it cannot, or null. */
async function load(member: Member, table: TableParcel): Promise<string | null> {
  const answer = await ask(member, { type: 'load', table }, 'loaded')
  return answer.type === 'loaded' ? answer.refusal : null
}

/** Has a thread serve the table that it made ready last. */
async function putInPlace(member: Member, table: TableParcel): Promise<void> {
  await ask(member, { type: 'swap' }, 'swapped')
  member.table = table
}

function drainOne(member: Member, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (!member.listening) return resolve()
    const timer = setTimeout(() => send(member, { type: 'close' }), mostMs)
    member.worker.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    send(member, { type: 'drain' })
  })
}

function faultOf(message: FromThread): Error {
  if (message.type !== 'failed') return new Error('a thread ended before it listened')
  return message.isStartFault ? new StartFault(message.fault) : new Error(message.fault)
}
