import { createServer, type Socket } from 'node:net'

/** An upstream of a test's own making. */
export interface PlainUpstream {
  readonly url: string
  readonly sockets: readonly Socket[]
  readonly close: () => Promise<void>
}

/** @param onConnection Whatever the upstream does with a connection; it reads nothing by itself. */
export async function startPlainUpstream(onConnection: (socket: Socket) => void): Promise<PlainUpstream> {
  const sockets: Socket[] = []
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    sockets,
    close: async () => {
      const closed = new Promise((done) => server.close(done))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
