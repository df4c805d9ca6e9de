import type { AddressRow, ListenRow } from '../../../schemas/table.ts'

/** "127.0.0.1:8080", "[::1]:8080" */
export function addressText({ host, port }: AddressRow): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** "127.0.0.1:8080", "https://127.0.0.1:8443" */
export function listenText(listen: ListenRow): string {
  return (listen.tls === null ? '' : 'https://') + addressText(listen)
}

/** Where a client on this machine finds it: an address that stands for all of them is not one to connect to. */
export function baseUrl({ host, port, tls }: ListenRow): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${tls === null ? 'http' : 'https'}://${addressText({ host: reachable, port })}`
}
