import { stat } from 'node:fs/promises'
import { StartFault } from '../start-faults.ts'
import { followFile, type FileFollower } from './follow-file.ts'
import { readList, type Reading } from './read-list.ts'
import { entriesOf, lacksSome, NO_REVOCATIONS, type RevocationList } from './revocation-list.ts'

/** Keeps the list of one file as it is, and the last good one where it cannot be read. */
export interface RevocationKeeper {
  readonly path: string
  readonly list: () => RevocationList
  readonly health: () => RevocationHealth
  /** Looks at the file now, and reads it whatever it looks like. */
  readonly look: () => void
  readonly stop: () => void
}

/** For people and metrics. */
export interface RevocationHealth {
  /** As the config names it. */
  readonly file: string
  readonly entries: number
  /** When the list that holds was read, RFC 3339; null while there was no file. */
  readonly readAt: string | null
  /** When the file was last looked at, RFC 3339. */
  readonly lookedAt: string
  /** Why the file is not what holds, or null. */
  readonly fault: string | null
  /** Lists that were taken over, and times that one could not be. */
  readonly reads: number
  readonly faults: number
}

export interface KeeperOptions {
  /** Lines for the operator. */
  readonly tell: (line: string) => void
  /** Another list holds now. */
  readonly onList: (list: RevocationList) => void
  readonly pollMs?: number
}

/** Changes that nobody tells of, as in a folder of another machine, are found so. */
const POLL_MS = 250
/** A file that was just changed, and may be half written, is looked at again so soon. */
const RECHECK_MS = 40
/** One that stays the same for so long is as its writer wants it. */
const REST_MS = 120
/** The most that a doubtful change waits, though the file never rests. */
const HOLD_MS = 400
/** Two changes within one tick of a file system's clock look like one: what was read is read once more after that. */
const TICK_MS = 50
const NO_FILE = 'ENOENT'

/** What a keeper is doing. Changed in place. */
interface Keeping {
  readonly path: string
  readonly options: KeeperOptions
  list: RevocationList
  content: string
  readAt: string | null
  fault: string | null
  /** The file and its fault that the operator was told of last. */
  toldOf: string
  reads: number
  faults: number
  lookedAt: string
  /** What the file looked like when it was last looked at, and since when it does. */
  looks: string
  sinceMs: number
  /** What it was when it was taken as it is, and whether it was looked at once more. */
  taken: string | null
  isSure: boolean
  /** Since when a change is held back; null when none is. */
  heldMs: number | null
}

/**
 * Reads a file of revocations and goes on watching it. A file that is not there is an empty list.
 *
 * @throws StartFault when there is one that cannot be read: then there is no last good list to go on with.
 */
export async function keepRevocations(path: string, options: KeeperOptions): Promise<RevocationKeeper> {
  const keeping = await begin(path, options)
  let again = true
  let isLooking = false
  let isStopped = false
  let soon: NodeJS.Timeout | null = null
  let follower: FileFollower | null = null

  const look = async (): Promise<void> => {
    again = true
    if (isLooking) return
    isLooking = true
    try {
      while (again && !isStopped) {
        again = false
        await follower?.refresh()
        if (await takeChange(keeping, () => isStopped)) soon ??= setTimeout(recheck, RECHECK_MS)
      }
    } finally {
      isLooking = false
    }
  }
  const recheck = (): void => {
    soon = null
    void look()
  }
  follower = followFile(path, () => void look())
  const poll = setInterval(() => void look(), options.pollMs ?? POLL_MS)
  poll.unref()
  void look()

  return {
    path,
    list: () => keeping.list,
    health: () => healthOf(keeping),
    look: () => {
      keeping.taken = null
      void look()
    },
    stop: () => {
      isStopped = true
      clearInterval(poll)
      if (soon !== null) clearTimeout(soon)
      follower?.stop()
    },
  }
}

async function begin(path: string, options: KeeperOptions): Promise<Keeping> {
  const looks = await looksOf(path)
  let reading = looks === NO_FILE ? null : await readList(path)
  if (reading !== null && 'fault' in reading) {
    // It may be half written.
    await new Promise((done) => setTimeout(done, HOLD_MS))
    reading = await readList(path)
  }
  if (reading !== null && 'fault' in reading) throw new StartFault(`The revocations ${describe(path, reading)}.`)
  return {
    path,
    options,
    list: reading?.list ?? NO_REVOCATIONS,
    content: reading?.content ?? '',
    readAt: reading === null ? null : new Date().toISOString(),
    fault: null,
    toldOf: '',
    reads: reading === null ? 0 : 1,
    faults: 0,
    lookedAt: new Date().toISOString(),
    looks,
    sinceMs: performance.now(),
    taken: null,
    isSure: false,
    heldMs: null,
  }
}

/**
 * Looks at the file once, and takes over what has changed in it.
 *
 * @returns True when it should be looked at again soon.
 */
async function takeChange(keeping: Keeping, isStopped: () => boolean): Promise<boolean> {
  const looks = await looksOf(keeping.path)
  const nowMs = performance.now()
  keeping.lookedAt = new Date().toISOString()
  if (looks !== keeping.looks) {
    keeping.looks = looks
    keeping.sinceMs = nowMs
  }
  const restedMs = nowMs - keeping.sinceMs
  if (looks === keeping.taken && (keeping.isSure || restedMs < TICK_MS)) return !keeping.isSure
  const reading = looks === NO_FILE ? null : await readList(keeping.path)
  if (isStopped()) return false
  const heldMs = nowMs - (keeping.heldMs ?? nowMs)
  if (isDoubtful(keeping, reading) && restedMs < REST_MS && heldMs < HOLD_MS) {
    keeping.heldMs ??= nowMs
    return true
  }
  keeping.heldMs = null
  keeping.isSure = restedMs >= TICK_MS
  // What may pass by itself is tried again each time.
  keeping.taken = reading !== null && 'fault' in reading && reading.mayPass ? null : looks
  take(keeping, reading)
  return !keeping.isSure
}

/** True when a file may be half written: then it is broken, ends without a line break, or no longer revokes what it did. */
function isDoubtful({ list, content }: Keeping, reading: Reading | null): boolean {
  if (reading === null || 'fault' in reading) return true
  return reading.content !== content && (reading.isUnfinished || lacksSome(reading.list, list))
}

function take(keeping: Keeping, reading: Reading | null): void {
  if (reading === null) {
    // It need not exist; but one that goes away must not open what it closed.
    if (keeping.readAt !== null)
      keepLast(keeping, describe(keeping.path, { fault: 'does not exist any more', line: null }))
    return
  }
  if ('fault' in reading) return keepLast(keeping, describe(keeping.path, reading))
  const wasAtFault = keeping.fault !== null
  keeping.fault = null
  keeping.toldOf = ''
  if (wasAtFault)
    keeping.options.tell(`The revocations ${describe(keeping.path, { fault: 'can be read again', line: null })}.`)
  if (reading.content === keeping.content && keeping.readAt !== null) return
  keeping.list = reading.list
  keeping.content = reading.content
  keeping.readAt = new Date().toISOString()
  keeping.reads++
  keeping.options.onList(reading.list)
}

function keepLast(keeping: Keeping, fault: string): void {
  keeping.fault = fault
  const toldOf = `${keeping.looks} ${fault}`
  if (toldOf === keeping.toldOf) return
  keeping.toldOf = toldOf
  keeping.faults++
  keeping.options.tell(`The revocations ${fault}. Those of before still hold.`)
}

/** Names the file and the line, and nothing of what is in it. */
function describe(path: string, { fault, line }: { readonly fault: string; readonly line: number | null }): string {
  return line === null ? `${JSON.stringify(path)} ${fault}` : `${JSON.stringify(path)}, line ${line}, ${fault}`
}

function healthOf({ path, list, readAt, lookedAt, fault, reads, faults }: Keeping): RevocationHealth {
  return { file: path, entries: entriesOf(list), readAt, lookedAt, fault, reads, faults }
}

/** What tells a file from what it was: of the file that its links lead to. */
async function looksOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${dev}:${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return code === 'ENOTDIR' ? NO_FILE : code
  }
}
