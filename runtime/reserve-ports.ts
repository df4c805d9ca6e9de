import { createServer } from 'node:net'
import type { AddressRow, ListenRow } from '../schemas/table.ts'
import { StartFault } from './start-faults.ts'

/**
 * Looks whether addresses can be listened on, and decides on ports that were left open. Threads that share a port need both:
 * the engine shares only a port that is named, and shares it with other processes, too.
 *
 * @throws StartFault when somebody listens there already, or the address is not this machine's.
 */
export async function reservePorts(addresses: readonly ListenRow[]): Promise<ListenRow[]> {
  const reserved: ListenRow[] = []
  for (const address of addresses) reserved.push({ ...address, port: await freePort(address.host, address.port) })
  return reserved
}

/** @returns The fault of an address that cannot be had. */
export function addressFault({ host, port }: AddressRow): StartFault {
  return new StartFault(`${host}:${port} cannot be listened on: it is in use, or not this machine's to give`)
}

function freePort(host: string, port: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.on('error', () => reject(addressFault({ host, port })))
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve(found))
    })
  })
}
