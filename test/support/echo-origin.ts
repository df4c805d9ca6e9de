import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface EchoOrigin {
  readonly port: number
  /** Settles when somebody asks for /things/slow; its answer waits for `end`. */
  readonly slow: Promise<ServerResponse>
}

/** An upstream that answers with the headers that it was asked with. Closed with the test. */
export async function echoOrigin(): Promise<EchoOrigin> {
  let onSlow: (response: ServerResponse) => void = () => undefined
  const slow = new Promise<ServerResponse>((resolve) => {
    onSlow = resolve
  })
  const server = createServer(({ url, headers }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    if (url === '/things/slow') return onSlow(response)
    response.end(JSON.stringify(headers))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  // Safe: a server that listens on a port has one.
  return { port: (server.address() as AddressInfo).port, slow }
}
