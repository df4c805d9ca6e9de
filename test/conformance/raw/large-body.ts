import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const BLOCK_BYTES = 65_536
const KIB = 1024
/** As long without a byte is a stall. */
const STILL_MS = 400

/** A body that is made as it is sent: no two blocks are the same. */
export interface LargeBody {
  readonly bytes: number
  readonly digest: string
  readonly blocks: number
  readonly block: (i: number) => Buffer
}

export function createLargeBody(blocks: number): LargeBody {
  const base = Buffer.alloc(BLOCK_BYTES)
  for (let i = 0; i < BLOCK_BYTES; i += 4) base.writeUInt32LE(Math.imul(i, 2_654_435_761) >>> 0, i)
  const block = (i: number): Buffer => {
    const copy = Buffer.from(base)
    copy.writeUInt32LE(i, 0)
    return copy
  }
  const hash = createHash('sha256')
  for (let i = 0; i < blocks; i++) hash.update(block(i))
  return { bytes: blocks * BLOCK_BYTES, digest: hash.digest('hex'), blocks, block }
}

/** SHA-256, hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** How much of a body a socket has taken so far. */
export interface Sending {
  bytes: number
}

/** Sends a body as fast as the socket takes it. `frame` puts around each block what belongs there. */
export async function sendLargeBody(
  socket: Socket,
  body: LargeBody,
  sending: Sending,
  frame: (block: Buffer) => Buffer = (block) => block,
): Promise<void> {
  for (let i = 0; i < body.blocks && !socket.destroyed; i++) {
    if (!socket.write(frame(body.block(i)))) await roomIn(socket)
    sending.bytes += BLOCK_BYTES
  }
}

function roomIn(socket: Socket): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      socket.off('drain', finish).off('close', finish)
      done()
    }
    socket.on('drain', finish).on('close', finish)
  })
}

/** Waits until something was taken and nothing more is. */
export async function untilStalled(sending: Sending): Promise<void> {
  let before = -1
  while (sending.bytes === 0 || sending.bytes !== before) {
    before = sending.bytes
    await sleep(STILL_MS)
  }
}

/** The memory of a process on this machine, as the system counts it. */
export function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kib === undefined) throw new Error('the system does not say')
  return Number(kib) * KIB
}
