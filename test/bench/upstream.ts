import { findEngine, openEngine } from '../../runtime/engine/load.ts'
import type { EngineResponse } from '../../runtime/engine/types.ts'
import { EVENTS_PATH, STATS_PATH, type UpstreamCounts } from './workloads.ts'

const CHUNKS_PER_STREAM = 200
const CHUNK_EVERY_MS = 10
const CHUNK = `data: ${JSON.stringify({ id: 'event', text: 'a few words of an answer', done: false })}\n\n`
const ITEM = JSON.stringify({ id: 42, name: 'Item', text: 'x'.repeat(155), ok: true })

interface Stream {
  readonly response: EngineResponse
  chunksLeft: number
}

/**
 * The process behind every candidate: reads each request whole and answers 200 bytes, or a stream of events. It prints its
 * port and lives until it is stopped.
 */
function runUpstream(): void {
  const counts = { requests: 0, chunks: 0 } satisfies UpstreamCounts
  const engine = openEngine(findEngine())
  const startStream = createStreams(counts)
  engine
    .App()
    .any('/*', (response, request) => {
      const path = request.getUrl()
      if (path === STATS_PATH) return answer(response, JSON.stringify(counts))
      counts.requests++
      if (path === EVENTS_PATH) return startStream(response)
      if (request.getCaseSensitiveMethod() === 'GET') return answer(response, ITEM)
      response.onAborted(() => {})
      response.onData((_, isLast) => {
        if (isLast) response.cork(() => answer(response, ITEM))
      })
    })
    .listen('127.0.0.1', 0, engine.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) throw new Error('the upstream got no port')
      process.stdout.write(`${engine.us_socket_local_port(socket)}\n`)
    })
}

function answer(response: EngineResponse, json: string): void {
  response.writeHeader('content-type', 'application/json').end(json)
}

/** Streams take turns: each of ten groups has its own millisecond, so that chunks do not all come at once. */
function createStreams(counts: { chunks: number }): (response: EngineResponse) => void {
  const groups = Array.from({ length: CHUNK_EVERY_MS }, () => new Set<Stream>())
  let started = 0
  let turn = 0

  setInterval(() => {
    turn = (turn + 1) % groups.length
    const group = groups[turn]
    for (const stream of group ?? []) {
      counts.chunks++
      if (--stream.chunksLeft === 0) group?.delete(stream)
      stream.response.cork(() => {
        stream.response.write(CHUNK)
        if (stream.chunksLeft === 0) stream.response.end()
      })
    }
  }, 1)

  return (response) => {
    const stream = { response, chunksLeft: CHUNKS_PER_STREAM }
    const group = groups[started++ % groups.length]
    response.onAborted(() => group?.delete(stream))
    response.writeHeader('content-type', 'text/event-stream').writeHeader('cache-control', 'no-cache').write(CHUNK)
    counts.chunks++
    stream.chunksLeft--
    group?.add(stream)
  }
}

runUpstream()
