import { refuse, type Refusal } from './refusals.ts'
import type { Answer } from './answer.ts'
import { receiveBody } from './receive-body.ts'

/**
 * Reads a request's body whole, as far as its route allows. In the engine's handler only.
 *
 * @param onBody Gets the bytes, or why there are none. Called once, or never when the caller leaves.
 */
export function readBody(answer: Answer, onBody: (body: Uint8Array | Refusal) => void): void {
  const { contentLength, route, table } = answer.exchange
  const bytesMax = route?.row.bodyBytesMax ?? table.table.gateway.bodyBytesMax
  const pieces: Uint8Array[] = []
  let bytes = 0
  receiveBody(answer, contentLength, (piece, isLast) => {
    bytes += piece.length
    if (bytes > bytesMax)
      return onBody(refuse('body-too-large', { detail: `A body may have ${bytesMax} bytes here.`, close: true }))
    // The engine takes its piece back when this returns.
    if (piece.length > 0) pieces.push(Uint8Array.from(piece))
    if (isLast) onBody(pieces.length === 1 ? (pieces[0] ?? EMPTY) : Buffer.concat(pieces))
  })
}

const EMPTY = new Uint8Array(0)
