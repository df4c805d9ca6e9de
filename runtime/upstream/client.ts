import { createSecureContext } from 'node:tls'
import type { TimerWheel } from '../timer-wheel.ts'
import { createCall } from './call.ts'
import { lost, onConnect, onData, onDrain, onDue, onEnd, onFlushed } from './exchange.ts'
import { createParseHead } from './parse-head.ts'
import { discard, dispatch } from './pool.ts'
import type { Client, UpstreamBuffers } from './state.ts'
import { createTargets } from './targets.ts'
import type { TargetStats, UpstreamClient, UpstreamSettings } from './types.ts'
import { WRITE_BUFFER_BYTES } from './write-request.ts'

export interface UpstreamOptions {
  /** Gets what a receiver throws and what a caller does wrong. Unless given, the process is told as of any uncaught error. */
  readonly onBug?: (error: unknown) => void
  /** Shared by the clients of a thread. */
  readonly buffers?: UpstreamBuffers
  /** Authorities (PEM) that certificates may be signed by, in place of those that Node brings. */
  readonly authorities?: string
}

const READ_BUFFER_BYTES = 64 * 1024

/** Makes the memory that the clients of one thread share. */
export function createUpstreamBuffers(): UpstreamBuffers {
  return { read: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES), write: Buffer.allocUnsafeSlow(WRITE_BUFFER_BYTES) }
}

/**
 * Speaks HTTP/1.1 to the targets of one upstream, over connections that it keeps.
 *
 * @param wheel Holds all deadlines.
 * @throws TypeError for a target that is not http or https.
 */
export function createUpstreamClient(
  settings: UpstreamSettings,
  wheel: TimerWheel,
  options: UpstreamOptions = {},
): UpstreamClient {
  const targets = createTargets(settings)
  const client: Client = {
    settings,
    wheel,
    targets,
    buffers: options.buffers ?? createUpstreamBuffers(),
    parseHead: createParseHead(),
    events: {
      onConnect: (connection) => onConnect(client, connection),
      onData: (connection, bytes, length) => onData(client, connection, bytes, length),
      onEnd: (connection) => onEnd(client, connection),
      onLost: (connection) => lost(client, connection),
      onDrain: (connection) => onDrain(client, connection),
      onFlushed: (connection) => onFlushed(client, connection),
      onDue: (connection) => onDue(client, connection),
    },
    onBug: options.onBug ?? throwLater,
    secureContext: targets.some((target) => target.isSecure) ? createSecureContext({ ca: options.authorities }) : null,
    isRetired: false,
  }

  return {
    send: (request, receiver) => {
      const nowMs = wheel.nowMs()
      const call = createCall(client, request, receiver, nowMs)
      dispatch(client, call, nowMs)
      return call
    },
    retire: () => {
      client.isRetired = true
      for (const target of targets) for (const connection of [...target.idle]) discard(client, connection)
    },
    stats: () => targets.map(statsOf),
  }
}

function statsOf({ url, open, idle, queue, failures }: Client['targets'][number]): TargetStats {
  return { url, open, busy: open - idle.length, queued: queue.size, failures }
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}
