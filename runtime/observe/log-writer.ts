import { StartFault } from '../start-faults.ts'
import { createLogChunks, type LogChunks } from './log-chunks.ts'
import { readLogRing } from './log-ring.ts'
import { openSink, type LogDestination, type LogSink } from './log-sink.ts'

export interface LogWriter {
  /** Opens the file anew, once the line under way is complete: after it was moved away. Nothing happens to standard output. */
  readonly reopen: () => void
  /** Settles when all lines put before are written, or cannot be for now. */
  readonly flush: () => Promise<void>
  /** Writes what there is, for a moment at most, and closes. Lines that are left are counted as dropped. */
  readonly close: () => Promise<void>
  /** Lines that are in no log. */
  readonly dropped: () => number
}

export interface LogWriterOptions {
  /** Lines for the operator. */
  readonly tell: (line: string) => void
  /** How often rings are emptied. */
  readonly periodMs?: number
  /** How long a descriptor that failed is left alone. */
  readonly retryMs?: number
  /** How long closing waits for a slow descriptor. */
  readonly closeMs?: number
}

/** What a writer is doing. Changed in place. */
interface Writing {
  readonly destination: LogDestination
  /** For the operator. */
  readonly name: string
  readonly chunks: LogChunks
  readonly tell: (line: string) => void
  readonly retryMs: number
  /** Null while a pipe that broke cannot be opened again. */
  sink: LogSink | null
  isWriting: boolean
  isClosed: boolean
  mustReopen: boolean
  failure: Failure | null
}

interface Failure {
  /** Lines that were dropped until it began. */
  readonly dropped: number
  retryAtMs: number
}

const PERIOD_MS = 40
const RETRY_MS = 1_000
const CLOSE_MS = 2_000

/**
 * Empties the threads' rings into one descriptor, whole lines and a write at a time. While the descriptor is slow or fails,
 * lines wait in the rings; a full ring drops and counts. Traffic never waits for the log.
 *
 * @param rings The memory of each thread's ring.
 * @throws A `StartFault` when the destination cannot be opened.
 */
export function startLogWriter(
  rings: readonly SharedArrayBuffer[],
  destination: LogDestination | 'off',
  { tell, periodMs = PERIOD_MS, retryMs = RETRY_MS, closeMs = CLOSE_MS }: LogWriterOptions,
): LogWriter {
  if (destination === 'off') return NO_LOG
  const name = destination === 'stdout' ? 'standard output' : JSON.stringify(destination.file)
  const chunks = createLogChunks(rings.map(readLogRing))
  const writing: Writing = {
    ...{ destination, name, chunks, tell, retryMs },
    sink: openAtStart(destination, name),
    isWriting: false,
    isClosed: false,
    mustReopen: false,
    failure: null,
  }
  const timer = setInterval(() => step(writing), periodMs)
  timer.unref()
  const flush = (): Promise<void> => {
    const written = chunks.written()
    step(writing)
    return written
  }
  return {
    dropped: chunks.dropped,
    flush,
    reopen: () => {
      writing.mustReopen = destination !== 'stdout'
      step(writing)
    },
    close: async () => {
      await within(flush(), closeMs)
      clearInterval(timer)
      end(writing)
    },
  }
}

const NO_LOG: LogWriter = {
  reopen: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
  dropped: () => 0,
}

/** Writes what there is, unless a write is under way or the descriptor failed a moment ago. */
function step(writing: Writing): void {
  const { chunks } = writing
  if (writing.isWriting || writing.isClosed) return
  // The file that is open gets its last line whole, if it can.
  if (writing.mustReopen && (!chunks.isWithinLine() || writing.failure !== null)) {
    writing.mustReopen = false
    if (openAnew(writing) && writing.failure !== null) writing.failure.retryAtMs = 0
  }
  if (writing.failure !== null && performance.now() < writing.failure.retryAtMs) return chunks.release()
  if (writing.sink === null && !openAnew(writing)) return
  const chunk = chunks.next()
  if (chunk === null || writing.sink === null) return chunks.release()
  writing.isWriting = true
  writing.sink.write(chunk, (fault, written) => {
    writing.isWriting = false
    if (writing.isClosed) writing.sink?.close()
    else if (fault !== null) fail(writing, fault)
    else goOn(writing, written)
  })
}

/** @param written Bytes; none when the descriptor takes none now, and the next period tries again. */
function goOn(writing: Writing, written: number): void {
  if (written === 0) return
  const { chunks, failure, name, tell } = writing
  if (failure !== null) {
    writing.failure = null
    tell(`The access log is written to ${name} again; lines lost: ${chunks.dropped() - failure.dropped}.`)
  }
  if (chunks.advance(written) || chunks.isAwaited()) step(writing)
}

function fail(writing: Writing, fault: unknown): void {
  const { chunks, destination, name, tell } = writing
  if (writing.failure === null) {
    writing.failure = { dropped: chunks.dropped(), retryAtMs: 0 }
    tell(`The access log cannot be written to ${name} (${reasonOf(fault)}). Lines that memory cannot hold are dropped.`)
  }
  writing.failure.retryAtMs = performance.now() + writing.retryMs
  if (writing.sink?.keepsItsPlace === false) {
    chunks.dropTaken()
    if (destination !== 'stdout') {
      writing.sink.close()
      writing.sink = null
    }
  }
  chunks.release()
}

/** @returns False when it cannot be opened; then what was open goes on. */
function openAnew(writing: Writing): boolean {
  const { chunks, destination, name, sink, tell } = writing
  try {
    writing.sink = openSink(destination)
  } catch (fault) {
    if (sink === null) fail(writing, fault)
    else tell(`The access log cannot be opened anew: ${name} ${openFault(fault)}. The file that is open goes on.`)
    return false
  }
  if (chunks.isWithinLine() && writing.sink.identity !== sink?.identity) chunks.dropRestOfLine()
  sink?.close()
  return true
}

function end(writing: Writing): void {
  writing.isClosed = true
  const left = writing.chunks.dropAll()
  if (left > 0)
    writing.tell(`The access log was not written whole to ${writing.name} before the end; lines lost: ${left}.`)
  // A file is closed behind the write under way; a pipe that nobody reads would never come to it.
  if (!writing.isWriting || writing.sink?.keepsItsPlace === false) writing.sink?.close()
}

function openAtStart(destination: LogDestination, name: string): LogSink {
  try {
    return openSink(destination)
  } catch (fault) {
    throw new StartFault(`The access log cannot be opened: ${name} ${openFault(fault)}.`)
  }
}

const OPEN_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'is in a folder that does not exist',
  ENOTDIR: 'is in a folder that does not exist',
  EACCES: 'may not be written by this user',
  EROFS: 'is on a file system that cannot be written',
  EISDIR: 'is a folder',
  ENXIO: 'is a pipe or a socket that nobody reads',
}

function openFault(fault: unknown): string {
  const reason = reasonOf(fault)
  return OPEN_FAULTS[reason] ?? `fails (${reason})`
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault)
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
